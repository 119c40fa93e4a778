package dev.sluice.state.entry;

import dev.sluice.state.log.Bytes;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateNamespaces.GlobalNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The bytes of a state namespace: a kind, then the window by its coder, then the number of the
 * trigger.
 *
 * <p>Pure; one for each transform.
 */
public final class NamespaceCodec {
  private static final int GLOBAL = 0;
  private static final int WINDOW = 1;
  private static final int WINDOW_AND_TRIGGER = 2;

  private final Coder<BoundedWindow> windowCoder;

  @SuppressWarnings("unchecked") // windows of the transform are of its window coder's type
  public NamespaceCodec(Coder<? extends BoundedWindow> windowCoder) {
    this.windowCoder = (Coder<BoundedWindow>) windowCoder;
  }

  /** Encodes a namespace. */
  public byte[] encode(StateNamespace namespace) {
    Bytes out = new Bytes();
    if (namespace instanceof GlobalNamespace) {
      out.putByte(GLOBAL);
    } else if (namespace instanceof WindowNamespace) {
      out.putByte(WINDOW);
      StateLog.encode(
          out, ((WindowNamespace<?>) namespace).getWindow(), windowCoder, "window of a state");
    } else if (namespace instanceof WindowAndTriggerNamespace) {
      WindowAndTriggerNamespace<?> inTrigger = (WindowAndTriggerNamespace<?>) namespace;
      out.putByte(WINDOW_AND_TRIGGER).putVarInt(inTrigger.getTriggerIndex());
      StateLog.encode(out, inTrigger.getWindow(), windowCoder, "window of a state");
    } else {
      throw new IllegalArgumentException("no namespace of state: " + namespace);
    }
    return out.toByteArray();
  }

  /** Decodes a namespace. */
  public StateNamespace decode(byte[] bytes) {
    ByteReader in = new ByteReader(bytes, 0);
    int kind = in.readByte();
    if (kind == GLOBAL) {
      return StateNamespaces.global();
    } else if (kind == WINDOW) {
      return StateNamespaces.window(windowCoder, in.decodeRest(windowCoder, "window of a state"));
    } else if (kind == WINDOW_AND_TRIGGER) {
      int trigger = in.readVarInt();
      return StateNamespaces.windowAndTrigger(
          windowCoder, in.decodeRest(windowCoder, "window of a state"), trigger);
    }
    throw new IllegalStateException("a namespace of state has the unknown kind " + kind);
  }
}
