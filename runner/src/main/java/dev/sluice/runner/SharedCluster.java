package dev.sluice.runner;

import dev.sluice.protocol.JobId;
import dev.sluice.protocol.Submission;
import dev.sluice.translation.JobGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The cluster that all pipelines of this JVM run on, but for those that are intercepted, which have
 * one each: there from the first job's start to the last job's end.
 *
 * <p>Any thread. Always true: while no job runs there is no cluster, so no thread and nothing that
 * keeps a job's class loader alive.
 */
final class SharedCluster {
  private static final int STATE_PERCENT = 40;

  private EmbeddedCluster cluster;
  private final List<JobWatch> watches = new ArrayList<>();
  private int jobs;
  private long submitted;

  /**
   * Has every job that is submitted from now on remembered.
   *
   * @param beginnings takes what each job begins with
   */
  synchronized JobWatch watch(Consumer<String> beginnings) {
    JobWatch watch = new JobWatch(beginnings);
    watches.add(watch);
    return watch;
  }

  /** What a job begins with that was accepted. */
  synchronized void tell(String beginning) {
    watches.forEach(watch -> watch.tell(beginning));
  }

  /** An id that no other job of this JVM has. */
  synchronized JobId newId(String jobName) {
    submitted++;
    return new JobId(jobName + "-" + submitted);
  }

  /**
   * Submits a job; returns at once.
   *
   * @param graph what its pipeline becomes
   * @param options of the job, as user code sees them
   * @param interceptor for a cluster of its own
   */
  synchronized JobHandle submit(
      Submission submission,
      JobGraph graph,
      PipelineOptions options,
      ClassLoader loader,
      LogLevels logLevels,
      Optional<ClusterInterceptor> interceptor) {
    EmbeddedCluster its =
        interceptor
            .map(i -> EmbeddedCluster.start(stateBytes(options), i, EmbeddedCluster::close))
            .orElseGet(() -> shared(options));
    return its.submit(submission, graph, loader, logLevels);
  }

  /** Has a job remembered that was accepted. */
  synchronized void remember(JobHandle job) {
    watches.forEach(watch -> watch.add(job));
  }

  private EmbeddedCluster shared(PipelineOptions options) {
    if (cluster == null) {
      cluster = EmbeddedCluster.start(stateBytes(options), ClusterInterceptor.NONE, this::jobEnded);
    }
    jobs++;
    return cluster;
  }

  /** What state may take on the heap: as the first of the jobs that run at a time wants it. */
  private static long stateBytes(PipelineOptions options) {
    Integer megabytes = options.as(SluicePipelineOptions.class).getStateMemoryMb();
    return megabytes == null
        ? Runtime.getRuntime().maxMemory() / 100 * STATE_PERCENT
        : (long) megabytes << 20;
  }

  /** Called by the cluster's client endpoint before anybody learns that the job has ended. */
  private synchronized void jobEnded(EmbeddedCluster shared) {
    jobs--;
    if (jobs == 0) {
      shared.close();
      cluster = null;
    }
  }
}
