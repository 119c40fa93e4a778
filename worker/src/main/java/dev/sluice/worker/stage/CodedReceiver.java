package dev.sluice.worker.stage;

import dev.sluice.worker.record.Receiver;
import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.CoderUtils;

/**
 * Gives each element of a PCollection on as its coder gives it back, for {@link
 * DebugOptions#isCheckEncodability}: a coder that fails, or that loses a part of an element, is
 * seen although the element stays in this process.
 *
 * <p>Owned by the task of the transform that produces the PCollection, and made only when the
 * option is on; without it elements pass by reference.
 */
public final class CodedReceiver implements Receiver {
  private final String transform;
  private final Coder<Object> coder;
  private final Receiver next;

  /**
   * @param transform the full name of the transform that produces the elements
   * @param coder the coder of their PCollection
   * @param next who gets what the coder gives back
   */
  public CodedReceiver(String transform, Coder<Object> coder, Receiver next) {
    this.transform = transform;
    this.coder = coder;
    this.next = next;
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    next.receive(coded(value), timestampMs, windows, pane);
  }

  private Object coded(Object value) {
    try {
      return CoderUtils.clone(coder, value);
    } catch (Throwable e) {
      throw new TransformException(transform, e);
    }
  }
}
