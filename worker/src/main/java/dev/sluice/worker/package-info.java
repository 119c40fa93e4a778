/**
 * Runs the tasks of jobs: what turns a stage of the {@link dev.sluice.translation.JobGraph} into
 * work.
 *
 * <p>The road of a record through a worker has six stops:
 *
 * <ol>
 *   <li>{@link dev.sluice.worker.task.Task#step} of the producing task asks its source for records
 *       ({@link dev.sluice.worker.source}), or its {@link dev.sluice.worker.exchange.InputGate} for
 *       a batch.
 *   <li>{@link dev.sluice.worker.stage.JavaStage} hands each record to the first operator, as
 *       arguments of {@link dev.sluice.worker.record.Receiver#receive}.
 *   <li>Operators ({@link dev.sluice.worker.pardo}, {@link dev.sluice.worker.grouping}) call one
 *       another directly, those of user code as {@link dev.sluice.worker.body} has wired them; the
 *       last one calls an {@link dev.sluice.worker.exchange.ExchangeWriter}.
 *   <li>The writer picks the consumer (by the hash of the key, in turn, or all) and appends to that
 *       channel's {@link dev.sluice.worker.record.Batch}.
 *   <li>A full batch, or one that a step without input leaves behind, enters the {@link
 *       dev.sluice.worker.exchange.LocalChannel}; the consumer is woken if it rests.
 *   <li>The consuming task takes it from its gate, and gives the emptied batch back.
 * </ol>
 *
 * <p>Watermarks, barriers and the end travel in the same channels, in order with the batches. A
 * watermark takes effect between two slices only: {@link
 * dev.sluice.worker.stage.JavaStage#advanceWatermark} moves it through the operators, what has
 * become due is fired before new input is taken, and the stage's output watermark follows the
 * batches that were written before it.
 *
 * <p>{@link dev.sluice.worker.Worker} itself is an event loop: it gets commands from the
 * coordinator and events from its own tasks, all as messages, and decides nothing about a job but
 * how its tasks here are built, started and stopped. Building takes long for a big pipeline, so a
 * {@link dev.sluice.worker.TaskAssembly} does it in a thread of its own.
 */
package dev.sluice.worker;
