package dev.sluice.state;

import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.KeyDigest;
import dev.sluice.state.log.TaskLog;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The log of one task as the parts of its {@link TaskState} see it: the epoch that is going on, and
 * where its changes and those of the epoch before it are written.
 *
 * <p>Owned by the task's thread. What is always true: {@link #epoch} counts barriers from 1 on,
 * whether anything is logged or not, and no entry is marked with an epoch before the one that is
 * closing. {@link #key} and {@link #value} are scratch: whoever fills them has them written before
 * anybody else does.
 */
final class StateLog {
  final Bytes key = new Bytes();
  final Bytes value = new Bytes();
  int epoch = 1;

  /** The digest of long keys; another one in tests. */
  KeyDigest digest = KeyDigest.sha256();

  private final Bytes encoded = new Bytes();
  private @Nullable TaskLog log;

  void begin(TaskLog taskLog) {
    log = taskLog;
  }

  boolean isOn() {
    return log != null;
  }

  /** Takes changes of the epoch that is going on. */
  ChangeLog open() {
    return log.open();
  }

  /** Takes changes of the epoch before it. */
  ChangeLog closing() {
    return log.closing();
  }

  /** Says whether enough waits to be written. */
  boolean congested() {
    return log != null && log.congested();
  }

  int transformHash(String name) {
    return log == null ? EntryKey.nameHash(name) : log.names().transform(name);
  }

  int stateHash(String id) {
    return log == null ? EntryKey.nameHash(id) : log.names().state(id);
  }

  /** Encodes an object behind the length of its encoding. */
  <T> void putWithLength(Bytes into, @Nullable T object, Coder<T> coder, String what) {
    encode(encoded.clear(), object, coder, what);
    into.putVarInt(encoded.size());
    into.put(encoded);
  }

  /** Encodes an object into a buffer that is good until the next object is encoded. */
  <T> Bytes encoded(@Nullable T object, Coder<T> coder, String what) {
    encode(encoded.clear(), object, coder, what);
    return encoded;
  }

  /** Encodes an object. */
  static <T> void encode(OutputStream into, @Nullable T object, Coder<T> coder, String what) {
    try {
      coder.encode(object, into);
    } catch (Throwable e) {
      throw StateCodingException.encoding(what, object, coder, e);
    }
  }
}
