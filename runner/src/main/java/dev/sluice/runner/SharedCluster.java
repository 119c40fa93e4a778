package dev.sluice.runner;

import dev.sluice.coordinator.Durability;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobSettings;
import dev.sluice.translation.JobGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * The cluster that all pipelines of this JVM run on, but for those under fire, which have one each:
 * there from the first job's start to the last job's end.
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
   * @param beginnings is told what each job begins with
   */
  synchronized JobWatch watch(Consumer<String> beginnings) {
    JobWatch watch = new JobWatch(beginnings);
    watches.add(watch);
    return watch;
  }

  /** What the job begins with that is submitted next. */
  synchronized void tell(String beginning) {
    watches.forEach(watch -> watch.tell(beginning));
  }

  /** Starts a job; returns at once. */
  synchronized JobHandle submit(
      JobGraph graph,
      PipelineOptions options,
      ClassLoader loader,
      JobSettings settings,
      Optional<Durability> durability,
      LogLevels logLevels) {
    submitted++;
    JobId id = new JobId(options.getJobName() + "-" + submitted);
    JobSpec spec =
        new JobSpec(id, graph, options, loader, settings, EmbeddedCluster.CLIENT, durability);
    JobHandle job = clusterFor(options).submit(spec, logLevels);
    watches.forEach(watch -> watch.add(job));
    return job;
  }

  private EmbeddedCluster clusterFor(PipelineOptions options) {
    Long crashSeed = options.as(FireOptions.class).getCrashSeed();
    if (crashSeed != null) {
      String name = options.as(ApplicationNameOptions.class).getAppName();
      return EmbeddedCluster.startUnderFire(new CrashPlan(name, crashSeed));
    }
    if (cluster == null) {
      cluster = EmbeddedCluster.start(stateBytes(options), this::jobEnded);
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
