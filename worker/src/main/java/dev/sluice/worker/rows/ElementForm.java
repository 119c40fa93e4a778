package dev.sluice.worker.rows;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.CodedReceiver;
import dev.sluice.worker.stage.DebugOptions;
import dev.sluice.worker.stage.OperatorContext;

/** The form in which the elements of a PCollection leave the transform that makes them. */
public final class ElementForm {
  private ElementForm() {}

  /**
   * The receiver of a transform's output: gives each element on as the coder of the PCollection
   * gives it back, if the user has asked for that, and otherwise with its rows in the coder's
   * schema.
   *
   * @param collection the id of the PCollection; one that translation added has no coder, and its
   *     elements are given on as they are
   * @param next who gets them
   */
  public static Receiver of(OperatorContext context, String collection, Receiver next) {
    if (!context.components().proto().containsPcollections(collection)) {
      return next;
    }
    return isCoded(context)
        ? new CodedReceiver(
            context.transformName(), context.components().elementCoder(collection), next)
        : SchemaReceiver.of(
            context.transformName(), context.components().elementCoder(collection), next);
  }

  /** The same for a transform whose elements have had their schema since its input. */
  public static Receiver ofRegrouped(OperatorContext context, String collection, Receiver next) {
    return isCoded(context) ? of(context, collection, next) : next;
  }

  private static boolean isCoded(OperatorContext context) {
    return context.task().options().as(DebugOptions.class).isCheckEncodability();
  }
}
