package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOperator;
import java.util.List;

/** Makes the operators of sources. */
public final class SourceOperators {
  private SourceOperators() {}

  /**
   * The operator of a source.
   *
   * @param splits all splits of a {@link Node.Read}; the operator takes those that its task owns
   * @throws IllegalArgumentException if the node is not a source
   */
  public static SourceOperator create(
      OperatorContext context, Node node, List<SourceSplit> splits, Receiver output) {
    if (node instanceof Node.Impulse) {
      return new ImpulseOperator(context, output);
    } else if (node instanceof Node.Empty) {
      return new EmptyOperator();
    } else if (node instanceof Node.TestStream) {
      return new TestStreamOperator(context, output);
    } else if (node instanceof Node.Read read) {
      List<SourceSplit> mine =
          Splits.ownedBy(context.task().index(), context.task().parallelism(), splits);
      return read.bounded()
          ? new BoundedReadOperator(context, mine, output)
          : new UnboundedReadOperator(context, mine, output);
    }
    throw new IllegalArgumentException("not a source: " + node);
  }
}
