package dev.sluice.worker.body;

import dev.sluice.translation.Node;
import dev.sluice.worker.pardo.SideInputs;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContexts;
import java.util.List;
import java.util.Map;

/**
 * A body of one task that is to be made: a tree of ParDos.
 *
 * <p>The stage tells the operators when a bundle begins and ends and how far the watermark is; they
 * tell the stage how much they hold until the bundle ends, and what holds the watermark back.
 *
 * @param transforms in topological order: the first reads what enters the body, each other one the
 *     output of one before it
 * @param contexts give each transform what its operator needs: the state and timers of the task,
 *     its clock and options, coders, the metrics of the step, and how it is blamed
 * @param outputs who reads a PCollection that the body makes outside of it, by the id of the
 *     PCollection; one that has no entry is read within the body only, or by nobody
 * @param sideInputs of the task
 */
public record BodySpec(
    List<Node.ParDo> transforms,
    OperatorContexts contexts,
    Map<String, Receiver> outputs,
    SideInputs sideInputs) {}
