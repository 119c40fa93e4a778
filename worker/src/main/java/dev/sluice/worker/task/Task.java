package dev.sluice.worker.task;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.exchange.Room;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.SourceOperator.Polled;
import dev.sluice.worker.task.TaskListener.Counters;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * One parallel instance of a stage.
 *
 * <p>Owned by the thread that steps it; others only {@link #post} and {@link #wake}. Always true:
 * outside a step it is between two inputs; a watermark reaches operators and consumers only between
 * two slices, and none passes what an open bundle may still emit; nothing that is due waits for
 * longer than a slice while new input is taken. The one place where a step waits is {@link #rest},
 * when user code emits more than fits into the channels.
 */
public final class Task implements TaskRunner.Steppable, InputGate.Consumer, Room {
  private static final long NOT_HALTED = -1;
  private static final long LOOK_AGAIN_NANOS = 1_000_000;

  private final TaskSpec spec;
  private final TaskPorts ports;
  private final TaskOutputs outputs;
  private final JavaStage stage;
  private final CheckpointCallbacks callbacks;
  private final Snapshots snapshots;
  private final Restore restore;
  private final OpenBundle bundle;
  private final Synchronization synchronization;
  private final Queue<TaskMessage> mailbox = new ConcurrentLinkedQueue<>();
  private volatile TaskRunner.Handle handle;
  private volatile boolean stopRequested;

  private boolean opened;
  private boolean sourceEnded;
  private boolean watermarksStale = true;
  private boolean ending;
  private boolean closed;
  private boolean reported;
  private boolean left;
  private final Deque<TaskMessage.TriggerCheckpoint> triggered = new ArrayDeque<>();
  private long halted = NOT_HALTED;
  private long probe = -1;
  private long steps;

  /**
   * @param restore brings back what the task had saved; null if it begins at the beginning
   * @param stageOf makes the stage; given the task as the {@link Room} in which its outputs wait
   */
  public Task(
      TaskSpec spec,
      CheckpointCallbacks callbacks,
      Snapshots snapshots,
      Restore restore,
      Function<Room, TaskPorts> portsOf,
      Function<TaskPorts, JavaStage> stageOf) {
    this.spec = spec;
    this.callbacks = callbacks;
    this.snapshots = snapshots;
    this.restore = restore;
    callbacks.openBundleBy(this::openBundle);
    this.ports = portsOf.apply(this);
    this.outputs = new TaskOutputs(ports.outputs(), spec.clock());
    this.synchronization = new Synchronization(spec, ports.input(), outputs);
    this.stage = stageOf.apply(ports);
    this.bundle = new OpenBundle(spec.clock(), stage);
  }

  /** Which task of its job. */
  public TaskSpec spec() {
    return spec;
  }

  /** How its state is saved; to be touched by others only when its thread has ended. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** The last barrier it has passed; to be asked when its thread has ended. */
  public long lastPassed() {
    return callbacks.passed();
  }

  /** Hands it a message, to be handled between two steps. Any thread. */
  public void post(TaskMessage message) {
    if (message instanceof TaskMessage.Stop) {
      stopRequested = true;
    } else if (message instanceof TaskMessage.TriggerCheckpoint trigger) {
      callbacks.announce(trigger.checkpoint());
    }
    mailbox.add(message);
    wake();
  }

  /** Makes it step again if it rests. Any thread. */
  public void wake() {
    TaskRunner.Handle mine = handle;
    if (mine != null) {
      mine.wake();
    }
  }

  /** Interrupts user code that does not return after a stop. Any thread. */
  public void interrupt() {
    TaskRunner.Handle mine = handle;
    if (mine != null) {
      mine.interrupt();
    }
  }

  @Override
  public void started(TaskRunner.Handle newHandle) {
    handle = newHandle;
  }

  @Override
  public int callDepth() {
    return stage.callDepth();
  }

  @Override
  public Step step() {
    try {
      Step step = tryStep();
      if (step == Step.WORKED) {
        steps++;
      } else if (opened && step != Step.FINISHED && step != Step.NEEDS_OUTPUT) {
        answerProbe();
      }
      return step;
    } catch (StopRequestedException e) {
      return shutDown(null);
    } catch (Throwable e) {
      // Before anything is allocated it must be known that there is memory.
      if (handle.isHeapExhaustedBy(e)) {
        giveUp();
      }
      return shutDown(e);
    }
  }

  private Step tryStep() throws Exception {
    if (stopRequested) {
      return shutDown(null);
    }
    if (!opened) {
      return stepOpening();
    }
    boolean handled = handleMessages();
    if (!triggered.isEmpty() && ports.input().allEnded()) {
      passTriggered();
    }
    if (snapshots.logging()) {
      snapshots.slice();
      handled = true;
    }
    if (halted != NOT_HALTED) {
      return stepHalted(handled);
    }
    if (ending) {
      return stepEnding(handled);
    }
    if (!spec.jobClockRuns()) {
      // It is moved only when nothing is under way anywhere in the job.
      stage.advanceSynchronizedTime(spec.jobClock().nowMs());
    }
    if (stepDueWork()) {
      return Step.WORKED;
    }
    boolean worked = stepInput();
    if (stage.source() != null) {
      worked |= stepSource();
    }
    return worked ? Step.WORKED : stepIdle(handled);
  }

  private Step stepOpening() throws Exception {
    if (restore != null && !restore.done()) {
      return restore.step(this::wake) ? Step.WORKED : Step.NEEDS_INPUT;
    }
    opened = true;
    snapshots.open(restore != null);
    stage.open();
    if (restore != null) {
      // Operators see how far they were before they see an element that may be late by it.
      synchronization.restored(stage);
      propagateWatermarks();
    }
    return Step.WORKED;
  }

  private Step stepHalted(boolean handled) {
    if (!outputs.flush()) {
      return Step.NEEDS_OUTPUT;
    }
    return handled ? Step.WORKED : Step.NEEDS_BARRIER;
  }

  /** Passes, each in its turn, the barriers that no channel has brought or will bring. */
  private void passTriggered() {
    while (!triggered.isEmpty() && halted == NOT_HALTED) {
      TaskMessage.TriggerCheckpoint trigger = triggered.poll();
      if (trigger.checkpoint() > callbacks.passed()) {
        barrier(trigger.checkpoint(), trigger.barrier());
      }
    }
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
    if (sourceEnded || ports.input().aligns() || !outputs.flushIfBlocked()) {
      return false;
    }
    Polled polled = stage.source().poll(bundle.room());
    if (polled == Polled.RECORDS) {
      bundle.add(1);
      endSlice();
      return true;
    }
    if (polled == Polled.ENDED) {
      sourceEnded = true;
      watermarksStale = true;
      return true;
    }
    return false;
  }

  private boolean stepInput() {
    if (!outputs.flushIfBlocked()) {
      return false;
    }
    int records = ports.input().take(this);
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

  private Step stepIdle(boolean handled) {
    if (bundle.isOpen() && stepPause()) {
      return Step.WORKED;
    }
    if (watermarksStale || stage.source() != null || synchronization.hasWork()) {
      boolean wasStale = watermarksStale;
      propagateWatermarks();
      if (wasStale || stage.hasDueWork()) {
        return Step.WORKED;
      }
    }
    if (!outputs.flush()) {
      return Step.NEEDS_OUTPUT;
    }
    if (inputEnded() && !stage.hasPendingWork()) {
      ending = true;
      if (stage.source() != null) {
        // No barrier comes behind its last records: what they are to be told of is noted now.
        stage.source().barrier(callbacks.passed());
      }
      outputs.end(callbacks.drainedFromMs());
      return Step.WORKED;
    }
    boolean ended = inputEnded();
    if (ended && stage.waitsForCheckpoint()) {
      callbacks.wantCheckpoint();
    }
    if (handled) {
      return Step.WORKED;
    }
    if (ports.input().aligns()) {
      return Step.NEEDS_BARRIER;
    }
    return ended ? Step.NEEDS_TIMER : Step.NEEDS_INPUT;
  }

  /** There is no input now, but a bundle: what it holds is to wait no longer. */
  private boolean stepPause() {
    if (endsByPause()) {
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
  private boolean endsByPause() {
    return !bundle.outlastsSlices()
        || mainInputEnded()
        || probe >= 0
        || synchronization.owes()
        || bundle.isOld();
  }

  private boolean mainInputEnded() {
    return stage.source() == null
        ? ports.input().watermarkMs() >= BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        : sourceEnded;
  }

  private boolean inputEnded() {
    return ports.input().allEnded() && (stage.source() == null || sourceEnded);
  }

  /**
   * All work is done: sends the rest, reports, and lives on only for what waits for a checkpoint.
   */
  private Step stepEnding(boolean handled) throws Exception {
    if (!outputs.flush()) {
      return Step.NEEDS_OUTPUT;
    }
    closeIfDone();
    if (!reported) {
      reported = true;
      spec.listener()
          .finished(spec.id(), new Counters(outputs.sent(), ports.input().received(), steps));
      return Step.WORKED;
    }
    if (closed && !snapshots.logging()) {
      if (left) {
        return shutDown(null);
      }
      left = true;
      snapshots.saveLast();
      return Step.WORKED;
    }
    return handled ? Step.WORKED : Step.NEEDS_TIMER;
  }

  /**
   * Closes the operators, of which nobody wants anything any more, unless they are still to be told
   * of a checkpoint. What that throws fails the task before it has said that it is done, or that it
   * has released the checkpoint it waited for: the job cannot be done before.
   */
  private void closeIfDone() throws Exception {
    if (!closed && callbacks.isEmpty()) {
      closed = true;
      stage.close();
    }
  }

  private void openBundle() {
    if (bundle.open()) {
      stage.startBundle();
    }
  }

  private void endSliceIfFull() {
    // A bundle that outlasts its slices ends when the barrier is here: until then many may pass.
    boolean hurries = callbacks.barrierAnnounced() && !bundle.outlastsSlices();
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
    for (Map.Entry<String, Long> side : ports.input().sideWatermarksMs().entrySet()) {
      stage.advanceSideWatermark(side.getKey(), side.getValue());
    }
    callbacks.drainedFrom(ports.input().drainedFromMs());
    stage.advanceWatermark(ports.input().watermarkMs(), ports.input().activity());
    if (!ending) {
      // Behind the end nothing is sent.
      outputs.watermarks(stage, callbacks.drainedFromMs());
      synchronization.step(stage, bundle.isOpen());
    }
  }

  @Override
  public void batch(Exchange exchange, Batch batch) {
    openBundle();
    stage.process(batch);
  }

  @Override
  public void sideBatch(Exchange exchange, Batch batch) {
    stage.processSide(exchange.id(), batch);
    watermarksStale = true;
  }

  @Override
  public void barrier(long checkpoint, Barrier barrier) {
    while (!triggered.isEmpty() && triggered.peek().checkpoint() <= checkpoint) {
      triggered.poll();
    }
    long begin = spec.clock().nanoTime();
    if (!closed) {
      begin = passThroughStage(checkpoint);
    }
    callbacks.passed(checkpoint);
    if (barrier == Barrier.RELEASE) {
      snapshots.release(checkpoint);
    } else {
      snapshots.save(checkpoint);
    }
    snapshots.paused(spec.clock().nanoTime() - begin);
    if (barrier == Barrier.SAVE_AND_HALT) {
      halted = checkpoint;
    }
    if (!ending) {
      outputs.barrier(checkpoint, barrier);
    }
  }

  /** Returns when the task began to do nothing but pass the barrier. */
  private long passThroughStage(long checkpoint) {
    if (bundle.isOpen()) {
      endBundle();
    } else {
      // What was received before the barrier is sent on before it.
      propagateWatermarks();
    }
    long begin = spec.clock().nanoTime();
    stage.barrier(checkpoint);
    return begin;
  }

  private boolean handleMessages() throws Exception {
    boolean any = false;
    for (TaskMessage message = mailbox.poll(); message != null; message = mailbox.poll()) {
      any |= handle(message);
    }
    return any;
  }

  /** Handles one message; returns whether there may be work now that was not there before. */
  private boolean handle(TaskMessage message) throws Exception {
    if (message instanceof TaskMessage.Probe asked) {
      probe = asked.round();
      return false;
    } else if (message instanceof TaskMessage.Quiescent) {
      callbacks.quiescent();
    } else if (message instanceof TaskMessage.TriggerCheckpoint trigger) {
      triggered.add(trigger);
    } else if (message instanceof TaskMessage.CompleteCheckpoint complete) {
      snapshots.completed(complete.checkpoint());
      callbacks.complete(complete.checkpoint());
      if (reported && halted == NOT_HALTED) {
        closeIfDone();
      }
      spec.listener().checkpointReleased(spec.id(), complete.checkpoint());
    } else if (message instanceof TaskMessage.AbandonCheckpoint abandon) {
      abandon(abandon.checkpoint());
    } else if (message instanceof TaskMessage.Drain) {
      drain();
    }
    return true;
  }

  private void drain() {
    if (!closed) {
      if (bundle.isOpen()) {
        endBundle();
      }
      callbacks.drainedFrom(stage.drain());
      watermarksStale = true;
    }
  }

  private void abandon(long checkpoint) {
    callbacks.ignore(checkpoint);
    ports.input().abandonBarrier(checkpoint);
    triggered.removeIf(trigger -> trigger.checkpoint() <= checkpoint);
    if (halted <= checkpoint) {
      halted = NOT_HALTED;
    }
  }

  private void answerProbe() {
    if (probe >= 0) {
      long round = probe;
      probe = -1;
      spec.listener()
          .quiet(spec.id(), round, new Counters(outputs.sent(), ports.input().received(), steps));
    }
  }

  /** Closes the operators, whatever the reason, and reports a failure if there was one. */
  private Step shutDown(Throwable failure) {
    Closing closing = new Closing(failure);
    closing.and(stage::close);
    if (!stopRequested && closing.reason() == null) {
      closing.and(snapshots::finished);
    } else {
      closing.and(ports.input()::abandon);
      closing.and(snapshots::abandon);
      if (restore != null) {
        closing.and(restore::abandon);
      }
    }
    Throwable reason = closing.reason();
    if (reason != null && !stopRequested) {
      spec.listener().failed(spec.id(), Failures.of(reason, spec.name()));
    }
    return Step.FINISHED;
  }

  @Override
  public void giveUp() {
    stopRequested = true;
  }

  @Override
  public String transformAtWork() {
    return callbacks.atWork().transform();
  }

  /** Where the thread is, if it does not end; empty if nobody knows. Any thread. */
  public List<StackTraceElement> whereabouts() {
    TaskRunner.Handle mine = handle;
    return mine == null ? List.of() : mine.whereabouts();
  }

  @Override
  public void died(Throwable escaped) {
    shutDown(escaped);
  }

  @Override
  public void ended() {
    spec.listener().ended(spec.id());
  }

  @Override
  public long wakeAtNanos() {
    if (!opened || ending || (!spec.jobClockRuns() && stage.source() == null)) {
      return Long.MAX_VALUE;
    }
    if (synchronization.looks()) {
      return spec.clock().nanoTime() + LOOK_AGAIN_NANOS;
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

  @Override
  public void rest() {
    if (stopRequested) {
      throw new StopRequestedException();
    }
    handle.rest();
  }
}
