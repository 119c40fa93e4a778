package dev.sluice.runner;

import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.JobUpdate.JobMetricValues;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.StorageLocation;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.base.Throwables;

/**
 * One job as its client sees it.
 *
 * <p>Updated by the client's endpoint, asked by any thread. Always true: once {@link #ended} is
 * complete, nothing of the job is left in the cluster.
 */
final class JobHandle {
  private final JobId id;
  private final EmbeddedCluster cluster;

  private final LogLevels logLevels;

  private final AtomicLong requests = new AtomicLong();
  private final Map<Long, CompletableFuture<JobMetricValues>> metricQueries =
      new ConcurrentHashMap<>();
  private final Map<Long, CompletableFuture<JobUpdate>> savepoints = new ConcurrentHashMap<>();
  private final CompletableFuture<List<String>> accepted = new CompletableFuture<>();
  private final CompletableFuture<JobUpdate.Ended> ended = new CompletableFuture<>();

  /** What was thrown, if it has failed; there before it has ended. */
  private volatile Throwable cause;

  private volatile boolean restarted;

  JobHandle(JobId id, EmbeddedCluster cluster, LogLevels logLevels) {
    this.id = id;
    this.cluster = cluster;
    this.logLevels = logLevels;
  }

  JobId id() {
    return id;
  }

  /**
   * Waits until the cluster has taken the job on; what it begins with, in lines for a person.
   *
   * @throws RuntimeException if it was refused, with the reason
   */
  List<String> awaitAccepted() throws InterruptedException {
    try {
      return accepted.get();
    } catch (ExecutionException e) {
      cluster.awaitClosed();
      Throwables.throwIfUnchecked(e.getCause());
      throw new IllegalStateException("job " + id + " was refused", e.getCause());
    }
  }

  /** What was thrown, if the job has failed. */
  Throwable cause() {
    return cause;
  }

  /** How the job has ended, or null if it has not. */
  JobUpdate.Ended endedOrNull() {
    return ended.getNow(null);
  }

  /** Waits until the job has ended, and with the last job of a cluster the cluster. */
  JobUpdate.Ended await() throws InterruptedException {
    JobUpdate.Ended how = get(ended);
    cluster.awaitClosed();
    return how;
  }

  /** Like {@link #await()}; null if the job has not ended in time. */
  JobUpdate.Ended await(long limitMs) throws InterruptedException {
    try {
      JobUpdate.Ended how = ended.get(limitMs, TimeUnit.MILLISECONDS);
      cluster.awaitClosed();
      return how;
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("job " + id + " cannot be watched", e.getCause());
    }
  }

  /** Asks for the job to be stopped. */
  void cancel() {
    cluster.send(new ClientRequest.Cancel(id));
  }

  /** Asks for the job to drain: its sources stop and everything ends. */
  void drain() {
    cluster.send(new ClientRequest.Drain(id));
  }

  /**
   * Takes a savepoint and waits until it is safe.
   *
   * @throws IllegalStateException if it could not be made; says why
   */
  void savepoint(StorageLocation location, SavepointRequest.Then then) throws InterruptedException {
    long request = requests.incrementAndGet();
    CompletableFuture<JobUpdate> answer = new CompletableFuture<>();
    savepoints.put(request, answer);
    cluster.send(new ClientRequest.Savepoint(id, new SavepointRequest(request, location, then)));
    JobUpdate.Ended how = endedOrNull();
    if (how != null) {
      answer.complete(how);
    }
    JobUpdate update = get(answer);
    savepoints.remove(request);
    if (update instanceof JobUpdate.SavepointFailed failed) {
      throw new IllegalStateException(
          "no savepoint of job %s in %s: %s".formatted(id, location, failed.reason()));
    } else if (update instanceof JobUpdate.Ended end) {
      throw new IllegalStateException(
          "no savepoint of job %s in %s: the job is %s".formatted(id, location, end.phase()));
    }
  }

  /** The metrics as they stand now, or stood at the end. */
  JobMetricValues metrics() throws InterruptedException {
    long request = requests.incrementAndGet();
    CompletableFuture<JobMetricValues> answer = new CompletableFuture<>();
    metricQueries.put(request, answer);
    JobUpdate.Ended how = endedOrNull();
    if (how != null) {
      // Looked at after the query was noted: the end would have answered it otherwise.
      metricQueries.remove(request);
      return how.metrics();
    }
    cluster.send(new ClientRequest.QueryMetrics(id, request));
    return get(answer);
  }

  /**
   * Takes what the coordinator reports; called by the client's endpoint only.
   *
   * @param causes finds what was thrown behind a failure
   */
  void update(JobUpdate update, Function<Failure, Throwable> causes) {
    if (update instanceof JobUpdate.Accepted yes) {
      accepted.complete(yes.beginnings());
    } else if (update instanceof JobUpdate.Refused refused) {
      try {
        logLevels.restore();
      } finally {
        accepted.completeExceptionally(causes.apply(refused.failure()));
      }
    } else if (update instanceof JobUpdate.Metrics metrics) {
      CompletableFuture<JobMetricValues> query = metricQueries.remove(metrics.request());
      if (query != null) {
        query.complete(metrics.values());
      }
    } else if (update instanceof JobUpdate.SavepointDone done) {
      answerSavepoint(done.request(), done);
    } else if (update instanceof JobUpdate.SavepointFailed failed) {
      answerSavepoint(failed.request(), failed);
    } else if (update instanceof JobUpdate.Advanced advanced) {
      if (advanced.phase() == JobPhase.RESTARTING) {
        restarted = true;
      }
    } else if (update instanceof JobUpdate.Ended end) {
      try {
        logLevels.restore();
      } finally {
        end.failure()
            .ifPresent(
                failure -> {
                  cause = causes.apply(failure);
                  accepted.completeExceptionally(new JobFailedException(failure, cause));
                });
        ended.complete(end);
        savepoints.values().forEach(waiting -> waiting.complete(end));
        metricQueries.values().forEach(query -> query.complete(end.metrics()));
        metricQueries.clear();
      }
    }
  }

  private void answerSavepoint(long request, JobUpdate update) {
    CompletableFuture<JobUpdate> waiting = savepoints.get(request);
    if (waiting != null) {
      waiting.complete(update);
    }
  }

  /** Whether it has gone back to a checkpoint, or to its beginning, since it was submitted. */
  boolean restarted() {
    return restarted;
  }

  /** The phase a client cares about: running until it has ended. */
  JobPhase phase() {
    JobUpdate.Ended how = endedOrNull();
    return how == null ? JobPhase.RUNNING : how.phase();
  }

  private <T> T get(CompletableFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("job " + id + " cannot be watched", e.getCause());
    }
  }
}
