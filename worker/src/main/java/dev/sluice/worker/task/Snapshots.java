package dev.sluice.worker.task;

import dev.sluice.protocol.world.Clock;
import dev.sluice.state.TaskState;
import dev.sluice.state.log.TaskLog;
import java.util.Optional;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a task's state gets into checkpoints: a barrier only ends an epoch; what changed in it is
 * logged in slices behind it, made safe by other threads, and then acknowledged by one of them.
 *
 * <p>Owned by the task's thread; when that has ended, an {@link EndedTask} takes its place. Always
 * true: at most one epoch is being logged; a checkpoint that comes while that lasts fails, because
 * its barrier must not wait.
 */
public final class Snapshots {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final long SLICE_NANOS = 500_000;

  private final TaskSpec spec;
  private final TaskState state;
  private final CheckpointLog log;
  private final Durations pauses = new Durations();
  private final Durations slices = new Durations();
  private CheckpointLog.Passed logging;
  private boolean finished;
  private boolean closed;

  /**
   * @param state what is saved
   * @param log where it is saved; empty if the job saves nothing
   * @param metrics what the task counts
   */
  public Snapshots(
      TaskSpec spec, TaskState state, Optional<TaskLog> log, MetricsContainerStepMap metrics) {
    this.spec = spec;
    this.state = state;
    this.log = new CheckpointLog(spec, log, metrics);
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
    log.release(checkpoint);
  }

  /** The stage has passed the barrier of a checkpoint, and put into state what it keeps. */
  void save(long checkpoint) {
    if (!log.saves()) {
      log.release(checkpoint);
    } else if (!finishLogging()) {
      log.fail(
          checkpoint,
          spec.name()
              + " still writes what it changed before an earlier checkpoint: its storage is slow");
    } else {
      state.barrier();
      logging = log.closeEpoch(checkpoint);
    }
  }

  /** The task no longer changes its state; what is left is logged like an epoch. */
  void saveLast() {
    if (log.saves()) {
      state.barrier();
      logging = log.closeLastEpoch();
    }
  }

  /**
   * Logs what is left of the epoch before, at once; false if the storage is so far behind that this
   * would wait for it.
   */
  private boolean finishLogging() {
    while (logging != null && !log.congested()) {
      slice();
    }
    return logging == null;
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
      CheckpointLog.Passed passed = logging;
      logging = null;
      log.seal(passed);
    }
  }

  /** A checkpoint is complete: files that only earlier ones needed can go. */
  void completed(long checkpoint) {
    log.completed(checkpoint);
  }

  /** The task has done all its work; its log stays open for further checkpoints. */
  void finished() {
    finished = true;
    closeState();
  }

  /** The task ends before its work is done. */
  void abandon() {
    closeState();
    log.close();
  }

  private void closeState() {
    closed = true;
    state.close();
    if (LOG.isDebugEnabled() && pauses.count() > 0) {
      LOG.debug("{}: pauses at barriers {}, slices of logging {}", spec.name(), pauses, slices);
    }
  }

  /**
   * The task has no thread, or none any more.
   *
   * @param lastPassed the last barrier that it passed
   */
  EndedTask afterEnd(long lastPassed) {
    if (!closed) {
      // Its thread was never started.
      closeState();
    }
    return new EndedTask(log, finished, lastPassed);
  }
}
