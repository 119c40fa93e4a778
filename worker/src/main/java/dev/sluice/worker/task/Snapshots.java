package dev.sluice.worker.task;

import dev.sluice.protocol.world.Clock;
import dev.sluice.state.TaskState;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.Optional;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a task's state gets into checkpoints: a barrier only ends an epoch; what changed in it is
 * logged in slices behind it, made safe by other threads, and then acknowledged by one of them.
 *
 * <p>Owned by the task's thread until that has ended, then by the worker's loop, which has the
 * state that a finished task left saved again for each further checkpoint. Always true: at most one
 * epoch is being logged; a checkpoint that comes while that lasts fails, because its barrier must
 * not wait.
 */
public final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final long SLICE_NANOS = 500_000;
  private static final long NO_CHECKPOINT = -1;

  private final TaskSpec spec;
  private final TaskState state;
  private final Optional<TaskLog> log;
  private final MetricsContainerStepMap metrics;
  private final Durations pauses = new Durations();
  private final Durations slices = new Durations();
  private Passed logging;
  private boolean finished;
  private boolean closed;

  /**
   * A barrier that the task has passed.
   *
   * @param checkpoint its number, {@link #NO_CHECKPOINT} if it is only the end of the task
   * @param metrics what the task had counted
   */
  private record Passed(long checkpoint, MetricsContainerStepMap metrics) {}

  /**
   * @param state what is saved
   * @param log where it is saved; empty if the job saves nothing
   * @param metrics what the task counts
   */
  public Snapshots(
      TaskSpec spec, TaskState state, Optional<TaskLog> log, MetricsContainerStepMap metrics) {
    this.spec = spec;
    this.state = state;
    this.log = log;
    this.metrics = metrics;
    log.ifPresent(state::logTo);
  }

  /** Everything that was saved has come back; from now on what changes is to be logged. */
  void open(boolean restored) {
    if (restored) {
      state.restored();
    }
  }

  /** Whether there is something of a closed epoch to log. */
  boolean logging() {
    return logging != null;
  }

  /** The stage has passed the barrier of a checkpoint that saves nothing. */
  void release(long checkpoint) {
    spec.listener()
        .checkpointAcknowledged(
            spec.id(), checkpoint, new TaskListener.Saved(TaskSnapshot.empty(), countedSoFar()));
  }

  /** The stage has passed the barrier of a checkpoint, and put into state what it keeps. */
  void save(long checkpoint) {
    if (log.isEmpty()) {
      release(checkpoint);
    } else if (!finishLogging()) {
      spec.listener()
          .checkpointFailed(
              spec.id(),
              checkpoint,
              spec.name()
                  + " still writes what it changed before an earlier checkpoint: its storage is slow");
    } else {
      closeEpoch(new Passed(checkpoint, countedSoFar()));
    }
  }

  /** The task will change its state no more; what is left is logged like an epoch. */
  void saveLast() {
    if (log.isPresent()) {
      closeEpoch(new Passed(NO_CHECKPOINT, countedSoFar()));
    }
  }

  /**
   * Logs what is left of the epoch before, at once; false if the storage is so far behind that this
   * would wait for it.
   */
  private boolean finishLogging() {
    while (logging != null && !log.orElseThrow().congested()) {
      slice();
    }
    return logging == null;
  }

  private void closeEpoch(Passed passed) {
    state.barrier();
    log.orElseThrow().closeEpoch();
    logging = passed;
  }

  /** How long the task did nothing but pass a barrier. */
  void paused(long nanos) {
    pauses.add(nanos);
  }

  /** Logs for a short while; seals the epoch when all of it is logged. */
  void slice() {
    Clock clock = spec.clock();
    long begin = clock.nanoTime();
    boolean all = state.logSome(SLICE_NANOS, clock::nanoTime);
    slices.add(clock.nanoTime() - begin);
    if (all) {
      Passed passed = logging;
      logging = null;
      seal(passed);
    }
  }

  private void seal(Passed passed) {
    log.orElseThrow().seal(passed.checkpoint(), outcome -> acknowledge(passed, outcome));
  }

  /** On a thread of the log's. */
  private void acknowledge(Passed passed, Sealed outcome) {
    if (passed.checkpoint() == NO_CHECKPOINT) {
      return;
    }
    if (outcome instanceof Sealed.Safe safe) {
      spec.listener()
          .checkpointAcknowledged(
              spec.id(),
              passed.checkpoint(),
              new TaskListener.Saved(safe.snapshot(), passed.metrics()));
    } else if (outcome instanceof Sealed.NotSafe not) {
      spec.listener()
          .checkpointFailed(
              spec.id(),
              passed.checkpoint(),
              "%s could not save its state: %s".formatted(spec.name(), not.why().getMessage()));
    }
  }

  /**
   * The task's thread has ended: if it had finished, what it left is its state in this checkpoint
   * too; if not, it answers no more. By the worker's loop.
   *
   * @param save whether the checkpoint saves anything
   */
  public void acknowledgeFinished(long checkpoint, boolean save) {
    if (!finished) {
      return;
    }
    if (save && log.isPresent()) {
      log.get().closeEpoch();
      seal(new Passed(checkpoint, countedSoFar()));
    } else {
      release(checkpoint);
    }
  }

  /** A checkpoint is complete: files that only earlier ones needed can go. */
  public void completed(long checkpoint) {
    log.ifPresent(open -> open.completed(checkpoint));
  }

  /** The task has done all its work; its log stays open for further checkpoints. */
  void finished() {
    finished = true;
    closeState();
  }

  /** The task ends before its work is done. */
  void abandon() {
    closeState();
    log.ifPresent(TaskLog::close);
  }

  private void closeState() {
    closed = true;
    state.close();
    tellDurations();
  }

  /** No checkpoint follows, and the task has no thread: by the worker's loop. */
  public void close() {
    if (!closed) {
      // Its thread was never started.
      closeState();
    }
    log.ifPresent(TaskLog::close);
  }

  private void tellDurations() {
    if (LOG.isDebugEnabled() && pauses.count() > 0) {
      LOG.debug("{}: pauses at barriers {}, slices of logging {}", spec.name(), pauses, slices);
    }
  }

  private MetricsContainerStepMap countedSoFar() {
    MetricsContainerStepMap copy = new MetricsContainerStepMap();
    copy.updateAll(metrics);
    return copy;
  }
}
