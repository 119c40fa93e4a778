/**
 * One parallel instance of a stage as a state machine that one thread steps.
 *
 * <p>A barrier on its way through a task:
 *
 * <ol>
 *   <li>It comes out of the channels when it is aligned over all of them, or, where no channel
 *       brings it, as a {@link dev.sluice.worker.task.TaskMessage.TriggerCheckpoint}. {@code
 *       Barriers} sees to it that it is passed once.
 *   <li>{@code RunningStage}, which takes input and fires what is due for as long as the task runs,
 *       ends its bundle and sends on what came before the barrier.
 *   <li>The operators put into state what they keep, and hand over what is to be done when the
 *       checkpoint is complete: {@code CheckpointCallbacks}.
 *   <li>{@link dev.sluice.worker.task.Snapshots} ends the epoch, and the barrier is passed on to
 *       the consumers. What has changed in the epoch is logged in slices of the steps that follow.
 *   <li>{@code CheckpointLog} seals it; when it is safe, the worker learns it by a {@link
 *       dev.sluice.worker.task.TaskEvent.CheckpointAcknowledged}.
 *   <li>When the checkpoint is complete the callbacks run, and the worker is notified that it is
 *       released.
 * </ol>
 *
 * <p>{@code Phase} lists how a task comes from its beginning to its end. Behind the end an {@link
 * dev.sluice.worker.task.EndedTask} answers for it.
 */
package dev.sluice.worker.task;
