package dev.sluice.worker.grouping;

import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;

/** Makes the operators that assign windows and that group by key and window. */
public final class GroupingOperators {
  private GroupingOperators() {}

  /**
   * Makes the operator of a GroupByKey, CombinePerKey, PartialCombine, CollectView or
   * AssignWindows.
   *
   * @param context what the operator works with
   * @param node the node it stands for
   * @param output where its only output goes
   * @throws IllegalArgumentException if the node is of another kind or its payload cannot be read
   */
  public static GroupingOperator create(OperatorContext context, Node node, Receiver output) {
    if (node instanceof Node.AssignWindows assign) {
      return new AssignWindowsOperator(context, assign, output);
    }
    if (node instanceof Node.PartialCombine partial) {
      return PartialCombineOperator.of(context, partial, output);
    }
    if (node instanceof Node.GroupByKey group) {
      GroupingInput<Object> input = GroupingInput.keyed(context.components(), group.input());
      return GeneralPath.takenBy(context, input.strategy())
          ? GeneralGrouping.groupByKey(context, group, output)
          : collecting(context, input, output);
    }
    if (node instanceof Node.CollectView collect) {
      GroupingInput<Void> input = GroupingInput.unkeyed(context.components(), collect.input());
      return GeneralPath.takenBy(context, input.strategy())
          ? GeneralGrouping.collectView(context, collect, output)
          : collecting(context, input, output);
    }
    if (node instanceof Node.CombinePerKey combine) {
      GroupingInput<Object> input = GroupingInput.keyed(context.components(), combine.input());
      return GeneralPath.takenBy(context, input.strategy())
          ? GeneralGrouping.combinePerKey(context, combine, output)
          : new WindowedCombineOperator<>(
              context, input, Combine.<Object, Object, Object>of(context), output);
    }
    throw new IllegalArgumentException("not a grouping: " + node);
  }

  private static <K> GroupingOperator collecting(
      OperatorContext context, GroupingInput<K> input, Receiver output) {
    return new WindowedCombineOperator<>(
        context,
        input,
        CollectingFn.in(context.task().state(), context.transformName(), input.valueCoder()),
        output);
  }
}
