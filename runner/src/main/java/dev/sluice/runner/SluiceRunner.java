package dev.sluice.runner;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.log.TransformNames;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.worker.pardo.StateTtl;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsSink;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsValidator;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.util.common.ReflectHelpers;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Runs a pipeline on Sluice, within this JVM.
 *
 * <p>{@link #run} returns as soon as the job is submitted; the job's threads keep the JVM alive
 * until it has ended. All pipelines of a JVM share one {@link EmbeddedCluster}.
 */
public final class SluiceRunner extends PipelineRunner<SluicePipelineResult> {
  private static final SharedCluster CLUSTER = new SharedCluster();
  private static final String JOB_NAME = "jobName";

  private final PipelineOptions options;
  private final Optional<ClusterInterceptor> interceptor;

  private SluiceRunner(PipelineOptions options, Optional<ClusterInterceptor> interceptor) {
    this.options = options;
    this.interceptor = interceptor;
  }

  /**
   * How Beam makes a runner.
   *
   * @throws IllegalArgumentException if an option has a value it cannot have
   */
  public static SluiceRunner fromOptions(PipelineOptions options) {
    SluicePipelineOptions ours =
        PipelineOptionsValidator.validate(SluicePipelineOptions.class, options);
    settings(ours);
    atLeast("stateMemoryMb", ours.getStateMemoryMb(), 1);
    atLeast("idleSplitTimeoutMs", ours.getIdleSplitTimeoutMs(), 0);
    return new SluiceRunner(options, Optional.empty());
  }

  /** The same runner for one job, with a cluster of the job's own; for tests of the engine. */
  public SluiceRunner intercepted(ClusterInterceptor by) {
    return new SluiceRunner(options, Optional.of(by));
  }

  /**
   * Remembers every job that is submitted in this JVM from now on, for as long as the JVM lives.
   *
   * @param beginnings takes, as a line for a person, what a job begins with if that is not the
   *     beginning, and what it leaves behind; by the thread that submits the job
   */
  public static JobWatch watchJobs(Consumer<String> beginnings) {
    return CLUSTER.watch(beginnings);
  }

  @Override
  public SluicePipelineResult run(Pipeline pipeline) {
    MetricsEnvironment.setMetricsSupported(true);
    ClassLoader loader = ReflectHelpers.findClassLoader();
    checkNamed(options.as(SluicePipelineOptions.class));
    String json = written(options);
    PipelineOptions seenByUserCode = read(json);
    SluicePipelineOptions ours = seenByUserCode.as(SluicePipelineOptions.class);
    RunnerApi.Pipeline portable = PortablePipelines.of(pipeline);
    JobGraph graph = JobGraphs.translate(portable, ours.isStreaming());
    StateTtl.of(seenByUserCode).check(Signatures.declaredStates(graph));
    LogLevels logLevels = LogLevels.of(seenByUserCode);
    Optional<MetricsSink> sink = MetricsPush.sinkOf(seenByUserCode);
    JobSettings settings = settings(ours);
    Submission submission =
        new Submission(
            CLUSTER.newId(ours.getJobName()),
            ours.getJobName(),
            new Program(portable, ours.isStreaming(), json, List.of()),
            settings,
            EmbeddedCluster.CLIENT,
            origin(ours, graph, settings));
    JobHandle job =
        CLUSTER.submit(submission, graph, seenByUserCode, loader, logLevels, interceptor);
    Interruption.rethrown(job::awaitAccepted, "waiting for the job to be accepted")
        .forEach(CLUSTER::tell);
    CLUSTER.remember(job);
    JobMetricResults metrics =
        new JobMetricResults(
            () -> Interruption.rethrown(job::metrics, "asking for metrics"), stepsOf(graph));
    sink.ifPresent(to -> MetricsPush.start(job, metrics, to, seenByUserCode, loader));
    return new SluicePipelineResult(job, metrics, place("", ours));
  }

  /**
   * Refuses checkpoints that are to last under a name that Beam makes up, a new one at each start:
   * whoever gives them a place wants to find them there, and would learn that they cannot when it
   * is too late.
   */
  private static void checkNamed(SluicePipelineOptions options) {
    if (options.getCheckpointStorage() == null) {
      return;
    }
    boolean named =
        DisplayData.from(options).items().stream().anyMatch(item -> item.getKey().equals(JOB_NAME));
    if (!named) {
      throw new IllegalArgumentException(
          "option --checkpointStorage needs --jobName: without one each start has a new name, and"
              + " no checkpoint is found again. Add --jobName=NAME, or leave --checkpointStorage"
              + " out: checkpoints then last as long as this process");
    }
  }

  /** What the job is to begin with; its signature only if there may be something. */
  private WantedOrigin origin(SluicePipelineOptions ours, JobGraph graph, JobSettings settings) {
    boolean kept = ours.getCheckpointStorage() != null || ours.getFromSavepoint() != null;
    boolean checkpointed = graph.streaming() && settings.checkpoints().intervalMs() > 0;
    return new WantedOrigin(
        Optional.ofNullable(ours.getCheckpointStorage()).map(url -> place(url, ours)),
        Optional.ofNullable(ours.getFromSavepoint()).map(url -> place(url, ours)),
        ours.isFresh(),
        ours.isAllowDropState(),
        transformNames(options),
        kept || checkpointed ? Signatures.of(graph) : List.of());
  }

  private static StorageLocation place(String url, SluicePipelineOptions ours) {
    return new StorageLocation(
        url, Optional.ofNullable(ours.getS3Endpoint()), Optional.ofNullable(ours.getS3Region()));
  }

  /** From the options as the user gave them: the copy for user code does not have the mapping. */
  private static TransformNames transformNames(PipelineOptions given) {
    Map<String, String> mapping = given.as(SluicePipelineOptions.class).getTransformNameMapping();
    return mapping == null ? TransformNames.SAME : new TransformNames(mapping);
  }

  private static JobSettings settings(SluicePipelineOptions options) {
    Integer parallelism = options.getParallelism();
    boolean byCores = parallelism == null || parallelism == -1;
    try {
      return new JobSettings(
          byCores ? Runtime.getRuntime().availableProcessors() : parallelism,
          new JobSettings.Checkpoints(
              options.getCheckpointIntervalMs(),
              options.getCheckpointTimeoutMs(),
              options.getToleratedCheckpointFailures()),
          options.getRestartAttempts());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("option --" + e.getMessage(), e);
    }
  }

  private static void atLeast(String option, @Nullable Number value, long least) {
    if (value != null && value.longValue() < least) {
      throw new IllegalArgumentException(
          "option --%s must be at least %d, not %s".formatted(option, least, value));
    }
  }

  /** The options as they travel. */
  private static String written(PipelineOptions options) {
    try {
      return mapper().writeValueAsString(options);
    } catch (IOException e) {
      throw unserializable(e);
    }
  }

  /**
   * What user code on another machine would see, so that what does not survive the way is found
   * here.
   */
  private static PipelineOptions read(String json) {
    try {
      return mapper().readValue(json, PipelineOptions.class);
    } catch (IOException e) {
      throw unserializable(e);
    }
  }

  private static ObjectMapper mapper() {
    return new ObjectMapper()
        .registerModules(ObjectMapper.findModules(ReflectHelpers.findClassLoader()));
  }

  private static IllegalArgumentException unserializable(IOException e) {
    return new IllegalArgumentException(
        "the pipeline options cannot be serialized to JSON; mark what cannot be with @JsonIgnore:"
            + " "
            + e.getMessage(),
        e);
  }

  private static Set<String> stepsOf(JobGraph graph) {
    Set<String> steps = new TreeSet<>();
    graph
        .components()
        .getTransformsMap()
        .values()
        .forEach(transform -> steps.add(transform.getUniqueName()));
    return steps;
  }
}
