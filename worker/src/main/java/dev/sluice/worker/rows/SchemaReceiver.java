package dev.sluice.worker.rows;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.TransformException;
import java.util.Collection;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * Gives each element of a PCollection on with its rows in the schema of the PCollection's coder.
 *
 * <p>Owned by the task of the transform that produces the PCollection, and made only where the
 * coder has rows. An element whose rows have that schema already is passed on unchanged.
 */
public final class SchemaReceiver implements Receiver {
  private final String transform;
  private final Conversion conversion;
  private final Receiver next;

  private SchemaReceiver(String transform, Conversion conversion, Receiver next) {
    this.transform = transform;
    this.conversion = conversion;
    this.next = next;
  }

  /**
   * The receiver of a transform's output; {@code next} itself if the output has no rows.
   *
   * @param transform the full name of the transform that produces the elements
   * @param coder the coder of their PCollection
   * @param next who gets them
   */
  public static Receiver of(String transform, Coder<?> coder, Receiver next) {
    Conversion conversion = Conversion.of(coder);
    return conversion == null ? next : new SchemaReceiver(transform, conversion, next);
  }

  @Override
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    next.receive(converted(value), timestampMs, windows, pane);
  }

  private Object converted(Object value) {
    try {
      return conversion.convert(value);
    } catch (Throwable e) {
      throw new TransformException(transform, e);
    }
  }
}
