package dev.sluice.worker.grouping;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.Operator;

/** An operator of this package: at work in a stage, and the receiver of its node's only input. */
public interface GroupingOperator extends Operator, Receiver {}
