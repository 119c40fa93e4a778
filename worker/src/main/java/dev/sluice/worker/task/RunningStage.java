package dev.sluice.worker.task;

import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.SourceOperator.Polled;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.Map;

/**
 * A task's stage at work: what a task does between the opening of its operators and the end of its
 * input, with the stage, what it reads and what it writes.
 *
 * <p>Owned by the task's thread. Always true: a watermark reaches operators and consumers only
 * between two slices, and none passes what an open bundle may still emit; nothing that is due waits
 * for longer than a slice while new input is taken.
 */
final class RunningStage {

  private final TaskSpec spec;
  private final OperatorServices services;
  private final Barriers barriers;
  private final JavaStage stage;
  private final TaskInput input;
  private final TaskOutputs outputs;
  private final OpenBundle bundle;
  private final Synchronization synchronization;
  private final InputGate.Consumer consumer;

  /** Something has come since the watermarks were moved through the operators. */
  private boolean watermarksStale = true;

  /**
   * @param consumer the task, which is handed what is read
   */
  RunningStage(
      TaskSpec spec,
      OperatorServices services,
      TaskPorts ports,
      JavaStage stage,
      InputGate.Consumer consumer) {
    this.spec = spec;
    this.services = services;
    this.barriers = services.barriers();
    this.stage = stage;
    this.input = new TaskInput(ports.input(), stage.source());
    this.outputs = new TaskOutputs(ports.outputs(), spec.clock());
    this.bundle = new OpenBundle(spec.clock(), stage);
    this.synchronization = new Synchronization(spec, ports.input(), outputs);
    this.consumer = consumer;
  }

  TaskInput input() {
    return input;
  }

  TaskOutputs outputs() {
    return outputs;
  }

  /** The operators are open, and what they had kept is there. */
  void restored() {
    // Operators see how far they were before they see an element that may be late by it.
    synchronization.restored(stage);
    propagateWatermarks();
  }

  /**
   * Does a bounded amount of work.
   *
   * @param handled whether a message was handled, which may have brought work
   * @param probed whether somebody waits until there is nothing to do
   * @return {@link Step#FINISHED} if the input has ended, nothing is left to be done, and the end
   *     of the output is written
   */
  Step step(boolean handled, boolean probed) throws Exception {
    if (!spec.jobClockRuns()) {
      // It is moved only when nothing is in flight anywhere in the job.
      stage.advanceSynchronizedTime(spec.jobClock().nowMs());
    }
    if (stepDueWork()) {
      return Step.WORKED;
    }
    boolean worked = stepInput();
    worked |= stepSource();
    return worked ? Step.WORKED : stepIdle(handled, probed);
  }

  /**
   * Fires what is due, in bundles of its own: after the watermark has moved, before new input is
   * taken.
   */
  private boolean stepDueWork() {
    if (bundle.holdsInput() && !bundle.sliceIsEmpty()) {
      return false;
    }
    if (stage.hasDueWork()) {
      if (bundle.holdsInput()) {
        endBundle();
        return true;
      }
      if (!bundle.fires()) {
        // User code in a timer may take long: what came before must not wait for it.
        outputs.flush();
      }
      openBundle();
      bundle.fire();
      bundle.add(stage.fireTimers(OpenBundle.SLICE_RECORDS));
      endSliceIfFull();
      return true;
    }
    if (bundle.fires()) {
      endBundle();
      return true;
    }
    return false;
  }

  private boolean stepSource() throws Exception {
    if (!input.mayPoll() || !outputs.flushIfBlocked()) {
      return false;
    }
    Polled polled = input.poll(bundle.room());
    if (polled == Polled.RECORDS) {
      bundle.add(1);
      endSlice();
      return true;
    }
    if (polled == Polled.ENDED) {
      watermarksStale = true;
      return true;
    }
    return false;
  }

  private boolean stepInput() {
    if (!outputs.flushIfBlocked()) {
      return false;
    }
    int records = input.gate().take(consumer);
    if (records < 0) {
      return false;
    }
    if (records == 0) {
      watermarksStale = true;
      if (synchronization.answered()) {
        // Timers that have waited for it fire before what comes now.
        endBundle();
      }
    } else {
      bundle.add(records);
    }
    endSliceIfFull();
    return true;
  }

  private Step stepIdle(boolean handled, boolean probed) {
    if (bundle.isOpen() && stepPause(probed)) {
      return Step.WORKED;
    }
    if (watermarksStale || input.hasSource() || synchronization.hasWork()) {
      boolean wasStale = watermarksStale;
      propagateWatermarks();
      if (wasStale || stage.hasDueWork()) {
        return Step.WORKED;
      }
    }
    if (!outputs.flush()) {
      return Step.NEEDS_OUTPUT;
    }
    boolean ended = input.ended();
    if (ended && !stage.hasPendingWork()) {
      input.noteLast(barriers.passed());
      outputs.end(services.drainedFromMs());
      return Step.FINISHED;
    }
    if (ended && stage.waitsForCheckpoint() && barriers.want()) {
      spec.tell(new TaskEvent.CheckpointWanted(spec.id(), barriers.completed()));
    }
    if (handled) {
      return Step.WORKED;
    }
    if (input.gate().aligns()) {
      return Step.NEEDS_BARRIER;
    }
    return ended ? Step.NEEDS_TIMER : Step.NEEDS_INPUT;
  }

  /** There is no input now, but a bundle: what it holds is to wait no longer. */
  private boolean stepPause(boolean probed) {
    if (endsByPause(probed)) {
      endBundle();
      return true;
    }
    if (outputs.blocked() || !bundle.takeStirred()) {
      return false;
    }
    stage.pause();
    endSlice();
    return true;
  }

  /** Whether the open bundle would keep somebody waiting until there is more input. */
  private boolean endsByPause(boolean probed) {
    return !bundle.outlastsSlices()
        || input.mainEnded()
        || probed
        || synchronization.owes()
        || bundle.isOld();
  }

  void openBundle() {
    if (bundle.open()) {
      stage.startBundle();
    }
  }

  private void endSliceIfFull() {
    // A bundle that outlasts its slices ends when the barrier is here: until then many may pass.
    boolean hurries = barriers.announced() && !bundle.outlastsSlices();
    if (bundle.isOpen() && (hurries || bundle.sliceIsFull())) {
      endSlice();
    }
  }

  /** Ends a slice, and with it a bundle that does not outlast it. */
  private void endSlice() {
    if (bundle.isFull() || synchronization.owes()) {
      endBundle();
      return;
    }
    if (bundle.sliceIsOld() && bundle.takeStirred()) {
      // Input comes so slowly that to send on what is kept costs little, and somebody may wait.
      stage.pause();
    }
    stage.endSlice();
    bundle.endSlice();
    propagateWatermarks();
    outputs.flushIfDue();
  }

  private void endBundle() {
    if (bundle.isOpen()) {
      stage.finishBundle();
      stage.endSlice();
      bundle.close();
    }
    propagateWatermarks();
    outputs.flushIfDue();
  }

  private void propagateWatermarks() {
    watermarksStale = false;
    InputGate gate = input.gate();
    for (Map.Entry<String, Long> side : gate.sideWatermarksMs().entrySet()) {
      stage.advanceSideWatermark(side.getKey(), side.getValue());
    }
    services.drainedFrom(gate.drainedFromMs());
    stage.advanceWatermark(gate.watermarkMs(), gate.activity());
    outputs.watermarks(stage, services.drainedFromMs());
    synchronization.step(stage, bundle.isOpen());
  }

  /** Takes a batch of the main input. */
  void process(Batch batch) {
    openBundle();
    stage.process(batch);
  }

  /** Takes the panes of a side input. */
  void processSide(String exchangeId, Batch batch) {
    stage.processSide(exchangeId, batch);
    watermarksStale = true;
  }

  /** Sends on what was received before a barrier, and ends the bundle if one is open. */
  void finishBeforeBarrier() {
    if (bundle.isOpen()) {
      endBundle();
    } else {
      propagateWatermarks();
    }
  }

  /** What would otherwise read for ever stops. */
  void drain() {
    if (bundle.isOpen()) {
      endBundle();
    }
    services.drainedFrom(stage.drain());
    watermarksStale = true;
  }

  /** When to step although nobody wakes the task; see {@link TaskRunner.Steppable#wakeAtNanos}. */
  long wakeAtNanos() {
    if (!spec.jobClockRuns() && !input.hasSource()) {
      return Long.MAX_VALUE;
    }
    return Math.min(bundle.endsAtNanos(), timersAtNanos());
  }

  private long timersAtNanos() {
    long next = Math.min(stage.nextProcessingTimeMs(), synchronization.nextQuestionMs());
    if (next == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    long nowMs = spec.jobClock().nowMs();
    long delayMs = next <= nowMs ? 0 : next - nowMs;
    return delayMs > Integer.MAX_VALUE
        ? Long.MAX_VALUE
        : spec.clock().nanoTime() + Math.max(delayMs * 1_000_000L, 100_000L);
  }
}
