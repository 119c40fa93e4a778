package dev.sluice.state;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.NamespaceCodec;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.store.HeapShare;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The log as one {@link StatePart} sees it.
 *
 * <p>Owned by the task's thread. Keys and values are written into two buffers that all parts of a
 * task share: whoever fills them has them written before he asks for them again.
 */
public final class PartLog {
  private final StateLog log;
  private final StateEntry.Column name;
  private final HeapShare share;

  PartLog(StateLog log, StateEntry.Column name, HeapShare share) {
    this.log = log;
    this.name = name;
    this.share = share;
  }

  /** The heap that the part may use, and the store for what does not fit. */
  public HeapShare share() {
    return share;
  }

  /** Says whether changes are logged at all; may become true once, before the first change. */
  public boolean isOn() {
    return log.isOn();
  }

  /** Takes changes of the current epoch. */
  public ChangeLog open() {
    return log.open();
  }

  /** Takes changes of the epoch before it. */
  public ChangeLog closing() {
    return log.closing();
  }

  /** The buffer for values, empty. */
  public Bytes value() {
    return log.value().clear();
  }

  /** Writes the beginning of the key of an entry of some window into the buffer for keys. */
  public Bytes key(EntryKey.Kind kind, int keyGroup, byte[] namespace) {
    EntryKey.header(log.key(), keyGroup, log.transformHash(name.transformId()), kind);
    log.key().putInt(log.stateHash(name.stateId()));
    return log.key().putVarInt(namespace.length).put(namespace);
  }

  /** Encodes an object behind the length of its encoding. */
  public <T> void encodeWithLength(Bytes into, T object, Coder<T> coder) {
    log.putWithLength(into, object, coder, described());
  }

  /** Encodes an object, blaming this state if that cannot be done. */
  public <T> void encode(Bytes into, T object, Coder<T> coder) {
    StateLog.encode(into, object, coder, described());
  }

  /** The bytes of a window's namespace. */
  @SuppressWarnings("unchecked") // the window is one of the coder's
  public static byte[] namespace(Coder<? extends BoundedWindow> windowCoder, BoundedWindow window) {
    return new NamespaceCodec(windowCoder)
        .encode(StateNamespaces.window((Coder<BoundedWindow>) windowCoder, window));
  }

  /** The window of a key that {@link #key} began. */
  public static BoundedWindow windowOf(byte[] key, Coder<? extends BoundedWindow> windowCoder) {
    return windowOfNamespace(namespaceOf(key), windowCoder);
  }

  /** The bytes of the namespace of a key that {@link #key} began. */
  public static byte[] namespaceOf(byte[] key) {
    return new ByteReader(key, EntryKey.HEADER_BYTES + Integer.BYTES).readWithLength();
  }

  /** The window whose namespace has these bytes. */
  public static BoundedWindow windowOfNamespace(
      byte[] namespace, Coder<? extends BoundedWindow> windowCoder) {
    return ((StateNamespaces.WindowNamespace<?>) new NamespaceCodec(windowCoder).decode(namespace))
        .getWindow();
  }

  /** Decodes a value from some byte on. */
  public <T> T decodeValue(byte[] value, int from, Coder<T> coder) {
    return new ByteReader(value, from).decodeRest(coder, described());
  }

  /** What an entry of the state is called in messages. */
  public String described() {
    return "entry of state " + name.stateId() + " of transform " + name.transformId();
  }
}
