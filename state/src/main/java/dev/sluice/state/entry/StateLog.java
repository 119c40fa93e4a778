package dev.sluice.state.entry;

import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.TaskLog;
import java.io.OutputStream;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The log of one task as the parts of its {@link dev.sluice.state.TaskState} see it: the epoch that
 * is current, and where its changes and those of the epoch before it are written.
 *
 * <p>Owned by the task's thread. What is always true: {@link #epoch} counts barriers from 1 on,
 * whether anything is logged or not, and no entry is marked with an epoch before the one that is
 * closing. {@link #key} and {@link #value} are scratch: whoever fills them has them written before
 * anybody else does.
 */
public final class StateLog {
  private final Bytes key = new Bytes();
  private final Bytes value = new Bytes();
  private int epoch = 1;

  private final Bytes encoded = new Bytes();
  private @Nullable TaskLog log;

  /** Has every change from now on logged; called before the first one. */
  public void begin(TaskLog taskLog) {
    log = taskLog;
  }

  /** Says whether changes are logged. */
  public boolean isOn() {
    return log != null;
  }

  /** The buffer for the key of an entry, with what the last entry has left in it. */
  public Bytes key() {
    return key;
  }

  /** The buffer for the value of an entry, with what the last entry has left in it. */
  public Bytes value() {
    return value;
  }

  /** The number of the current epoch. */
  public int epoch() {
    return epoch;
  }

  /** The next epoch begins. */
  public void endEpoch() {
    epoch++;
  }

  /** Takes changes of the current epoch. */
  public ChangeLog open() {
    return log.open();
  }

  /** Takes changes of the epoch before it. */
  public ChangeLog closing() {
    return log.closing();
  }

  /** Says whether enough waits to be written. */
  public boolean congested() {
    return log != null && log.congested();
  }

  /** The hash of a transform's name, which the log remembers. */
  public int transformHash(String name) {
    return log == null ? EntryKey.nameHash(name) : log.names().transform(name);
  }

  /** The hash of a state's id, which the log remembers. */
  public int stateHash(String id) {
    return log == null ? EntryKey.nameHash(id) : log.names().state(id);
  }

  /** Encodes an object behind the length of its encoding. */
  public <T> void putWithLength(Bytes into, @Nullable T object, Coder<T> coder, String what) {
    encode(encoded.clear(), object, coder, what);
    into.putVarInt(encoded.size());
    into.put(encoded);
  }

  /** Encodes an object into a buffer that is valid until the next object is encoded. */
  public <T> Bytes encoded(@Nullable T object, Coder<T> coder, String what) {
    encode(encoded.clear(), object, coder, what);
    return encoded;
  }

  /** Encodes an object. */
  public static <T> void encode(
      OutputStream into, @Nullable T object, Coder<T> coder, String what) {
    try {
      coder.encode(object, into);
    } catch (Throwable e) {
      throw StateCodingException.encoding(what, object, coder, e);
    }
  }
}
