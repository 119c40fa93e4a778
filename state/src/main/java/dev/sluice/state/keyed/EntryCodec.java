package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.NamespaceCodec;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.KeyDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.util.VarInt;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * Turns all that one key has in one transform into a record, and back.
 *
 * <pre>
 *   key     as EntryKey.Kind.KEYED or LONG_KEYED says
 *   value   key        varint n, n bytes of its encoding, only if it is long
 *           hash       4 bytes    the key's hash
 *           cells      varint n, n cells as {@link UndecodedCells} says
 *           timers     varint n, n of: domain 1 byte, namespace, family and id (varint n, n bytes
 *                      each), time 8 bytes, output time 8 bytes, order of setting 8 bytes
 * </pre>
 *
 * <p>Owned by a {@link KeyedState}; its buffers are those of the {@link StateLog}.
 */
final class EntryCodec<K> {
  /** The digest of long keys; another one in tests. */
  KeyDigest digest = KeyDigest.sha256();

  private final StateLog log;
  private final int transformHash;
  private final Coder<K> keyCoder;
  private final NamespaceCodec namespaces;
  private final String keyOf;
  private final Numbers numbers;
  private final Bytes content = new Bytes();
  private final LongKeys longKeys;

  EntryCodec(StateLog log, String transform, Coder<K> keyCoder, NamespaceCodec namespaces) {
    this.log = log;
    this.transformHash = log.transformHash(transform);
    this.keyCoder = keyCoder;
    this.numbers = Numbers.of(keyCoder);
    this.namespaces = namespaces;
    this.keyOf = "key of transform " + transform;
    this.longKeys = new LongKeys(transform);
  }

  byte[] namespace(Namespace namespace) {
    if (namespace.encoded == null) {
      namespace.encoded = namespaces.encode(namespace.value);
    }
    return namespace.encoded;
  }

  /** Writes the key of an entry's record into the log's buffer. */
  @SuppressWarnings("unchecked") // entries are made of keys of this type
  Bytes key(KeyEntry entry) {
    if (numbers == Numbers.NONE) {
      return key((K) entry.key, entry.hash);
    }
    // The number stands in the entry itself; the object would be one more miss of the cache.
    Bytes out = log.key();
    long number = entry.number;
    EntryKey.header(out, KeyGroups.groupOf(entry.hash), transformHash, EntryKey.Kind.KEYED);
    try {
      switch (numbers) {
        case VAR_LONG -> VarInt.encode(number, out.putVarInt(VarInt.getLength(number)));
        case VAR_INT -> VarInt.encode((int) number, out.putVarInt(VarInt.getLength((int) number)));
        case LONG -> out.putVarInt(Long.BYTES).putLong(number);
        default -> out.putVarInt(Integer.BYTES).putInt((int) number);
      }
    } catch (IOException e) {
      throw StateCodingException.encoding(keyOf, number, keyCoder, e);
    }
    return out;
  }

  /** How keys that are whole numbers are encoded. */
  private enum Numbers {
    NONE,
    VAR_LONG,
    VAR_INT,
    LONG,
    INT;

    static Numbers of(Coder<?> coder) {
      Class<?> type = coder.getClass();
      if (type == VarLongCoder.class) {
        return VAR_LONG;
      } else if (type == VarIntCoder.class) {
        return VAR_INT;
      } else if (type == BigEndianLongCoder.class) {
        return LONG;
      }
      return type == BigEndianIntegerCoder.class ? INT : NONE;
    }
  }

  Bytes key(@Nullable K key, int hash) {
    beginWith(key, hash, EntryKey.Kind.KEYED, EntryKey.Kind.LONG_KEYED);
    return log.key();
  }

  /**
   * Begins a record's key with that of an entry; returns the whole key if it is too long to be
   * there.
   */
  private @Nullable Bytes beginWith(
      @Nullable K key, int hash, EntryKey.Kind whole, EntryKey.Kind digested) {
    Bytes encoded = log.encoded(key, keyCoder, keyOf);
    if (encoded.size() <= KeyDigest.LONGEST_WHOLE_KEY) {
      EntryKey.header(log.key(), KeyGroups.groupOf(hash), transformHash, whole);
      log.key().putVarInt(encoded.size()).put(encoded);
      return null;
    }
    EntryKey.header(log.key(), KeyGroups.groupOf(hash), transformHash, digested);
    digest.put(log.key(), encoded.array(), 0, encoded.size());
    return encoded;
  }

  /** Writes the record of an entry, key and value, into the log's buffers. */
  void record(KeyEntry entry) {
    Bytes out = log.value().clear();
    if (numbers != Numbers.NONE) {
      key(entry);
    } else {
      @SuppressWarnings("unchecked") // entries are made of keys of this type
      K key = (K) entry.key;
      Bytes longKey = beginWith(key, entry.hash, EntryKey.Kind.KEYED, EntryKey.Kind.LONG_KEYED);
      if (longKey != null) {
        longKeys.add(log.key().array(), entry);
        out.putVarInt(longKey.size()).put(longKey);
      }
    }
    value(entry, out);
  }

  private void value(KeyEntry entry, Bytes out) {
    out.putInt(entry.hash);
    out.putVarInt(entry.liveCells);
    if (entry.undecoded != null) {
      entry.undecoded.writeTo(out);
    }
    for (int i = 0; i < entry.cellCount(); i++) {
      StateCell cell = entry.cellAt(i);
      if (cell.live) {
        cell(out, cell);
      }
    }
    out.putVarInt(entry.timerCount());
    for (int i = 0; i < entry.timerCount(); i++) {
      timer(out, entry.timerAt(i));
    }
  }

  private void cell(Bytes out, StateCell cell) {
    byte[] namespace = namespace(cell.namespace);
    out.putByte(kindOf(cell)).putInt(cell.column.hash());
    out.putVarInt(namespace.length).put(namespace);
    cell.encodeContent(content.clear());
    out.putVarInt(content.size()).put(content);
  }

  private static int kindOf(StateCell cell) {
    if (cell instanceof HoldCell) {
      return UndecodedCells.HOLD;
    }
    return cell.isParted() ? UndecodedCells.PARTED : 0;
  }

  /** Returns what the keys of all elements of a collection begin with. */
  byte[] parts(KeyEntry entry, int stateHash, byte[] namespace) {
    @SuppressWarnings("unchecked") // entries are made of keys of this type
    K key = (K) entry.key;
    if (beginWith(key, entry.hash, EntryKey.Kind.PART, EntryKey.Kind.LONG_PART) != null) {
      longKeys.add(log.key().array(), entry);
    }
    log.key().putInt(stateHash).putVarInt(namespace.length).put(namespace);
    return log.key().toByteArray();
  }

  private void timer(Bytes out, TimerNode timer) {
    TimerData data = timer.data;
    byte[] namespace = namespace(timer.namespace);
    byte[] family = data.getTimerFamilyId().getBytes(StandardCharsets.UTF_8);
    byte[] id = data.getTimerId().getBytes(StandardCharsets.UTF_8);
    out.putByte(codeOf(data.getDomain()));
    out.putVarInt(namespace.length).put(namespace);
    out.putVarInt(family.length).put(family);
    out.putVarInt(id.length).put(id);
    out.putLong(timer.timestampMs).putLong(timer.outputMs()).putLong(timer.order);
  }

  /** Refuses a record that was found by a digest, if it is that of another key. */
  @SuppressWarnings("unchecked") // entries are made of keys of this type
  void check(byte[] recordKey, byte[] value, KeyEntry sought) {
    if (EntryKey.hasKeyInValue(recordKey)) {
      longKeys.check(value, log.encoded((K) sought.key, keyCoder, keyOf));
    }
  }

  /** A key is no longer on the heap, and nothing will be written of it before it comes back. */
  void left(KeyEntry entry) {
    if (entry.isLong) {
      entry.isLong = false;
      longKeys.remove(key(entry).array());
    }
  }

  /** Returns the hash that the record of a key has kept. */
  static int hashOf(byte[] recordKey, byte[] value) {
    return behindKey(recordKey, value).readInt();
  }

  /** A reader of a record's value that has read the key, if it is there. */
  private static ByteReader behindKey(byte[] recordKey, byte[] value) {
    ByteReader in = new ByteReader(value, 0);
    if (EntryKey.hasKeyInValue(recordKey)) {
      in.skip(in.readVarInt());
    }
    return in;
  }

  /** Returns the key of a record. */
  K keyOf(byte[] recordKey, byte[] value) {
    ByteReader in =
        EntryKey.hasKeyInValue(recordKey)
            ? new ByteReader(value, 0)
            : new ByteReader(recordKey, EntryKey.HEADER_BYTES);
    return in.decodeWithLength(keyCoder, keyOf);
  }

  /**
   * Fills an entry that has nothing, and is in the table or about to be, with what its record says.
   */
  void read(byte[] recordKey, byte[] record, KeyEntry into, TimerSink timers) {
    byte[] value = record;
    if (EntryKey.hasKeyInValue(recordKey)) {
      longKeys.add(recordKey, into);
      // Cells that nobody asks for stay in this array, but the key need not.
      value = Arrays.copyOfRange(record, behindKey(recordKey, record).position(), record.length);
    }
    ByteReader in = new ByteReader(value, 4);
    int cells = in.readVarInt();
    into.undecoded = UndecodedCells.read(value, in, cells);
    into.liveCells = cells;
    for (int left = in.readVarInt(); left > 0; left--) {
      TimeDomain domain = domainOf(in.readByte());
      StateNamespace namespace = namespaces.decode(in.readWithLength());
      String family = new String(in.readWithLength(), StandardCharsets.UTF_8);
      String id = new String(in.readWithLength(), StandardCharsets.UTF_8);
      Instant time = Instant.ofEpochMilli(in.readLong());
      Instant output = Instant.ofEpochMilli(in.readLong());
      timers.take(TimerData.of(id, family, namespace, time, output, domain), in.readLong());
    }
  }

  static int codeOf(TimeDomain domain) {
    return switch (domain) {
      case EVENT_TIME -> 'e';
      case PROCESSING_TIME -> 'p';
      case SYNCHRONIZED_PROCESSING_TIME -> 's';
    };
  }

  private static TimeDomain domainOf(int code) {
    return switch (code) {
      case 'e' -> TimeDomain.EVENT_TIME;
      case 'p' -> TimeDomain.PROCESSING_TIME;
      case 's' -> TimeDomain.SYNCHRONIZED_PROCESSING_TIME;
      default -> throw new IllegalStateException("no time domain has the code " + code);
    };
  }

  /** Takes the timers of an entry that is read. */
  @FunctionalInterface
  interface TimerSink {
    void take(TimerData data, long order);
  }
}
