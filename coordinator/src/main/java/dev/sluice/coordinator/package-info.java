/**
 * Job lifecycle, placement of tasks on workers, quiescence and checkpoint rounds.
 *
 * <p>The road of a decision:
 *
 * <ol>
 *   <li>A message of a worker or a client ({@link dev.sluice.protocol.ClientRequest}) reaches the
 *       loop of {@link dev.sluice.coordinator.Coordinator} and becomes a {@link
 *       dev.sluice.coordinator.JobEvent} of one job.
 *   <li>{@link dev.sluice.coordinator.JobLifecycle} decides, as a pure function of the {@link
 *       dev.sluice.coordinator.JobState} and the event, what the job's next state is and which
 *       {@link dev.sluice.coordinator.JobAction}s follow. A phase changes only by a legal move of
 *       {@link dev.sluice.protocol.JobPhase}.
 *   <li>The decision is appended to the {@link dev.sluice.coordinator.Journal}.
 *   <li>The coordinator acts: it sends commands to workers and alarms to itself.
 *   <li>If the phase has changed, the client learns it by a {@link dev.sluice.protocol.JobUpdate};
 *       the last one carries the failure and the metrics, and then nothing of the job is kept.
 * </ol>
 *
 * <p>The road of a checkpoint ({@link dev.sluice.coordinator.CheckpointRules}):
 *
 * <ol>
 *   <li>A {@link dev.sluice.coordinator.CheckpointRound} begins: every task is to pass a barrier.
 *   <li>When the last task has acknowledged, what they have saved becomes one {@link
 *       dev.sluice.coordinator.SavedCheckpoint}, which the job's {@link
 *       dev.sluice.coordinator.CheckpointLedger} makes real, in an Io lane of the job's own.
 *   <li>Only when the ledger has said so are workers notified that the checkpoint is complete, and
 *       what was counted at its barrier is committed. A round is never abandoned meanwhile.
 *   <li>When every worker has released what waited, the next round is scheduled. A round that fails
 *       on its way is abandoned; too many in a row fail the job.
 * </ol>
 *
 * <p>The road of a failure ({@link dev.sluice.coordinator.RecoveryRules}): every thread of the
 * attempt is asked to end; when all have, when it is known whether a checkpoint that was being
 * stored has been, and when some time has passed, the next attempt is deployed from the newest
 * stored checkpoint. Reports carry the number of their attempt, so late reports of an earlier one
 * are ignored.
 *
 * <p>Whatever is waited for is a set of names that can be printed: the tasks that a {@link
 * dev.sluice.coordinator.CheckpointRound} misses, the workers that have not answered a probe of
 * {@link dev.sluice.coordinator.Quiescence}, those that have not ended a job's threads ({@link
 * dev.sluice.coordinator.Ending}). Metrics ({@link dev.sluice.coordinator.JobMetrics}) are gathered
 * beside all this and decide nothing.
 */
package dev.sluice.coordinator;
