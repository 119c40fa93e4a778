package dev.sluice.worker.task;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.exchange.Room;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.task.TaskEvent.Counters;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One parallel instance of a stage.
 *
 * <p>Owned by the thread that steps it; others only {@link #post} and {@link #wake}. Its life goes
 * through the phases of {@link Phase}; while it runs, {@link RunningStage} does the work. Always
 * true: outside a step it is between two inputs. The one place where a step waits is {@link #rest},
 * when user code emits more than fits into the channels.
 */
public final class Task implements TaskRunner.Steppable, InputGate.Consumer, Room {
  private final TaskSpec spec;
  private final OperatorServices services;
  private final Barriers barriers;
  private final CheckpointCallbacks callbacks;
  private final Snapshots snapshots;
  private final @Nullable Restore restore;
  private final JavaStage stage;
  private final RunningStage running;
  private final TaskInput input;
  private final TaskOutputs outputs;
  private final Queue<TaskMessage> mailbox = new ConcurrentLinkedQueue<>();
  private volatile TaskRunner.Handle handle;
  private volatile boolean stopRequested;

  private Phase phase;
  private long probe = -1;
  private long steps;

  /**
   * @param restore brings back what the task had saved; null if it begins at the beginning
   * @param stageOf makes the stage; given the task as the {@link Room} in which its outputs wait
   */
  public Task(
      TaskSpec spec,
      OperatorServices services,
      Snapshots snapshots,
      @Nullable Restore restore,
      Function<Room, TaskPorts> portsOf,
      Function<TaskPorts, JavaStage> stageOf) {
    this.spec = spec;
    this.services = services;
    this.barriers = services.barriers();
    this.callbacks = services.callbacks();
    this.snapshots = snapshots;
    this.restore = restore;
    this.phase = restore == null ? Phase.OPENING : Phase.RESTORING;
    TaskPorts ports = portsOf.apply(this);
    this.stage = stageOf.apply(ports);
    this.running = new RunningStage(spec, services, ports, stage, this);
    this.input = running.input();
    this.outputs = running.outputs();
    services.openBundleBy(running::openBundle);
  }

  /** Which task of its job. */
  public TaskSpec spec() {
    return spec;
  }

  /** What acts for it from now on: its thread has ended, or was never started. */
  public EndedTask afterEnd() {
    return snapshots.afterEnd(barriers.passed());
  }

  /** Hands it a message, to be handled between two steps. Any thread. */
  public void post(TaskMessage message) {
    if (message instanceof TaskMessage.Stop) {
      stopRequested = true;
    } else if (message instanceof TaskMessage.TriggerCheckpoint trigger) {
      barriers.announce(trigger.checkpoint());
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
      } else if (mayBeQuiet(step)) {
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

  /** Whether a step with this outcome has found nothing to do. */
  private boolean mayBeQuiet(Step step) {
    return phase != Phase.RESTORING && step != Step.FINISHED && step != Step.NEEDS_OUTPUT;
  }

  private Step tryStep() throws Exception {
    if (stopRequested) {
      return shutDown(null);
    }
    if (phase == Phase.RESTORING) {
      return stepRestore();
    }
    if (phase == Phase.OPENING) {
      return stepOpening();
    }
    boolean handled = handleMessages();
    if (barriers.hasTriggered() && input.gate().allEnded()) {
      passTriggered();
    }
    if (snapshots.logging()) {
      snapshots.slice();
      handled = true;
    }
    if (barriers.halted()) {
      return stepHalted(handled);
    }
    return phase == Phase.RUNNING ? stepRunning(handled) : stepEnding(handled);
  }

  private Step stepRestore() throws Exception {
    Step step = restore.step(this::wake) ? Step.WORKED : Step.NEEDS_INPUT;
    if (restore.done()) {
      phase = phase.to(Phase.OPENING);
    }
    return step;
  }

  private Step stepOpening() throws Exception {
    phase = phase.to(Phase.RUNNING);
    snapshots.open(restore != null);
    stage.open();
    if (restore != null) {
      running.restored();
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
    for (TaskMessage.TriggerCheckpoint next = barriers.takeTriggered();
        next != null;
        next = barriers.takeTriggered()) {
      barrier(next.checkpoint(), next.barrier());
    }
  }

  private Step stepRunning(boolean handled) throws Exception {
    Step step = running.step(handled, probe >= 0);
    if (step == Step.FINISHED) {
      phase = phase.to(Phase.SENDING);
      return Step.WORKED;
    }
    return step;
  }

  /** All work is done: sends the rest, closes, saves what it leaves, and ends. */
  private Step stepEnding(boolean handled) throws Exception {
    if (!outputs.flush()) {
      return Step.NEEDS_OUTPUT;
    }
    if (phase == Phase.SENDING) {
      phase = phase.to(Phase.WAITING);
      closeIfDone();
      spec.tell(new TaskEvent.Finished(spec.id(), counters()));
      return Step.WORKED;
    }
    closeIfDone();
    if (phase == Phase.WAITING || snapshots.logging()) {
      return handled ? Step.WORKED : Step.NEEDS_TIMER;
    }
    if (phase == Phase.CLOSED) {
      phase = phase.to(Phase.LEAVING);
      snapshots.saveLast();
      return Step.WORKED;
    }
    return shutDown(null);
  }

  /**
   * Closes the operators, of which nobody wants anything any more, unless they are still to be
   * notified of a checkpoint. What that throws fails the task before it has said that it is done,
   * or that it has released the checkpoint it waited for: the job cannot be done before.
   */
  private void closeIfDone() throws Exception {
    if (phase == Phase.WAITING && callbacks.isEmpty()) {
      phase = phase.to(Phase.CLOSED);
      stage.close();
    }
  }

  @Override
  public void batch(Exchange exchange, Batch batch) {
    running.process(batch);
  }

  @Override
  public void sideBatch(Exchange exchange, Batch batch) {
    running.processSide(exchange.id(), batch);
  }

  @Override
  public void barrier(long checkpoint, Barrier barrier) {
    if (phase == Phase.RUNNING) {
      running.finishBeforeBarrier();
    }
    long begin = spec.clock().nanoTime();
    if (phase.hasOperators()) {
      stage.barrier(checkpoint);
    }
    barriers.pass(checkpoint, barrier);
    callbacks.pass(checkpoint);
    if (barrier == Barrier.RELEASE) {
      snapshots.release(checkpoint);
    } else {
      snapshots.save(checkpoint);
    }
    snapshots.paused(spec.clock().nanoTime() - begin);
    if (phase == Phase.RUNNING) {
      outputs.barrier(checkpoint, barrier);
    }
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
      services.quiescent();
    } else if (message instanceof TaskMessage.TriggerCheckpoint trigger) {
      barriers.trigger(trigger);
    } else if (message instanceof TaskMessage.CompleteCheckpoint complete) {
      complete(complete.checkpoint());
    } else if (message instanceof TaskMessage.AbandonCheckpoint abandon) {
      barriers.abandon(abandon.checkpoint());
      input.gate().abandonBarrier(abandon.checkpoint());
    } else if (message instanceof TaskMessage.Drain && phase == Phase.RUNNING) {
      running.drain();
    }
    return true;
  }

  private void complete(long checkpoint) throws Exception {
    barriers.complete(checkpoint);
    snapshots.completed(checkpoint);
    callbacks.complete(checkpoint);
    if (!barriers.halted()) {
      closeIfDone();
    }
    spec.tell(new TaskEvent.CheckpointReleased(spec.id(), checkpoint));
  }

  private void answerProbe() {
    if (probe >= 0) {
      long round = probe;
      probe = -1;
      spec.tell(new TaskEvent.Quiet(spec.id(), round, counters()));
    }
  }

  private Counters counters() {
    return new Counters(outputs.sent(), input.gate().received(), steps);
  }

  /** Closes the operators, whatever the reason, and reports a failure if there was one. */
  private Step shutDown(Throwable failure) {
    phase = phase.to(Phase.ENDED);
    Closing closing = new Closing(failure);
    closing.and(stage::close);
    if (!stopRequested && closing.reason() == null) {
      closing.and(snapshots::finished);
    } else {
      closing.and(input.gate()::abandon);
      closing.and(snapshots::abandon);
      if (restore != null) {
        closing.and(restore::abandon);
      }
    }
    Throwable reason = closing.reason();
    if (reason != null && !stopRequested) {
      spec.tell(new TaskEvent.Failed(spec.id(), Failures.of(reason, spec.name())));
    }
    return Step.FINISHED;
  }

  @Override
  public void giveUp() {
    stopRequested = true;
  }

  @Override
  public String transformAtWork() {
    return services.atWork().transform();
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
    spec.tell(new TaskEvent.Ended(spec.id()));
  }

  @Override
  public long wakeAtNanos() {
    return phase == Phase.RUNNING ? running.wakeAtNanos() : Long.MAX_VALUE;
  }

  @Override
  public void rest() {
    if (stopRequested) {
      throw new StopRequestedException();
    }
    handle.rest();
  }
}
