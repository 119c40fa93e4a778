/**
 * Job lifecycle, placement of tasks on workers, quiescence and checkpoint rounds.
 *
 * <p>The road of a decision:
 *
 * <ol>
 *   <li>A message of a worker or a client ({@link dev.sluice.coordinator.ClientRequest}) reaches
 *       the loop of {@link dev.sluice.coordinator.Coordinator} and becomes a {@link
 *       dev.sluice.coordinator.JobEvent} of one job.
 *   <li>{@link dev.sluice.coordinator.JobLifecycle} decides, as a pure function of the {@link
 *       dev.sluice.coordinator.JobState} and the event, what the job's next state is and which
 *       {@link dev.sluice.coordinator.JobAction}s follow. A phase changes only by a legal move of
 *       {@link dev.sluice.coordinator.JobPhase}.
 *   <li>The decision is appended to the {@link dev.sluice.coordinator.Journal}.
 *   <li>The coordinator acts: it sends commands to workers and alarms to itself.
 *   <li>If the phase has changed, the client learns it by a {@link
 *       dev.sluice.coordinator.JobUpdate}; the last one carries the failure and the metrics, and
 *       then nothing of the job is kept.
 * </ol>
 *
 * <p>Whatever is waited for is a set of names that can be printed: the tasks that a {@link
 * dev.sluice.coordinator.CheckpointRound} misses, the workers that have not answered a probe of
 * {@link dev.sluice.coordinator.Quiescence}, those that have not ended a job's threads ({@link
 * dev.sluice.coordinator.Ending}). Metrics ({@link dev.sluice.coordinator.JobMetrics}) are gathered
 * beside all this and decide nothing.
 */
package dev.sluice.coordinator;
