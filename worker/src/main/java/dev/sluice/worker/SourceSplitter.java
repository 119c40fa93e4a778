package dev.sluice.worker;

import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.state.error.Thrown;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.stage.SourceOptions;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.task.Failures;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.SerializableUtils;
import org.apache.beam.sdk.util.construction.ReadTranslation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Splits every source of a job, once, and reports the splits. A source whose splits a checkpoint
 * knows keeps them; what was added to it since is split too.
 *
 * <p>Owned by the thread that steps it; done after one step.
 */
final class SourceSplitter implements BackgroundWork.Work {
  private static final Logger LOG = LoggerFactory.getLogger(SourceSplitter.class);
  private static final int SPLITS_PER_TASK = 16;
  private static final int SPLITS_IN_ALL = 64;

  private final WorkerCommand.SplitSources command;
  private final Resolvers resolvers;
  private final MetricsContainerStepMap metrics;
  private final Consumer<WorkerEvent> report;

  private JobGraph graph;
  private PipelineOptions options;

  /**
   * @param metrics where splitting counts
   * @param report takes the one event that comes of it
   */
  SourceSplitter(
      WorkerCommand.SplitSources command,
      Resolvers resolvers,
      MetricsContainerStepMap metrics,
      Consumer<WorkerEvent> report) {
    this.command = command;
    this.resolvers = resolvers;
    this.metrics = metrics;
    this.report = report;
  }

  /** What splitting has counted; complete once it has ended. */
  MetricsContainerStepMap metrics() {
    return metrics;
  }

  @Override
  public boolean step() {
    graph = resolvers.programs().graph(command.program());
    options = JobOptions.read(command.program().optionsJson());
    Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
    for (Stage stage : graph.stages()) {
      if (stage.root() instanceof Node.Read read) {
        split(read).ifPresent(made -> splits.put(read.transformId(), made));
      }
    }
    report.accept(new WorkerEvent.SourcesSplit(command.job(), splits, MetricBytes.of(metrics)));
    return false;
  }

  @Override
  public void failed(Throwable thrown) {
    report.accept(
        new WorkerEvent.TaskFailed(
            command.job(),
            Failures.of(thrown, command.job().value()).report(resolvers.exceptions())));
  }

  /** The splits of a source; empty if they are known and nothing was added to it. */
  @SuppressWarnings("try") // the container is in scope, not in use
  private Optional<List<SourceSplit>> split(Node.Read read) {
    RunnerApi.PTransform transform = graph.components().getTransformsOrThrow(read.transformId());
    List<SourceSplit> known = command.known().get(read.transformId());
    if (known != null && read.bounded()) {
      return Optional.empty();
    }
    try (Closeable ignored =
        MetricsEnvironment.scopedMetricsContainer(
            metrics.getContainer(transform.getUniqueName()))) {
      RunnerApi.ReadPayload payload =
          RunnerApi.ReadPayload.parseFrom(transform.getSpec().getPayload());
      if (known != null) {
        return added(
            transform.getUniqueName(), known, ReadTranslation.unboundedSourceFromProto(payload));
      }
      return Optional.of(
          numbered(
              read.bounded()
                  ? splitBounded(ReadTranslation.boundedSourceFromProto(payload), options)
                  : splitUnbounded(ReadTranslation.unboundedSourceFromProto(payload))));
    } catch (Throwable e) {
      throw new TransformException(transform.getUniqueName(), e);
    }
  }

  private static List<SourceSplit> numbered(List<? extends Source<?>> sources) {
    List<SourceSplit> splits = new ArrayList<>();
    for (Source<?> source : sources) {
      splits.add(
          new SourceSplit(
              splits.size(), sources.size(), SerializableUtils.serializeToByteArray(source)));
    }
    return splits;
  }

  /**
   * That a source cannot say what it has more is no reason not to read what it had: whether it can
   * be read at all its readers will see.
   */
  private Optional<List<SourceSplit>> added(
      String transform, List<SourceSplit> known, UnboundedSource<?, ?> source) {
    if (!AddedSplits.maybeIn(source)) {
      return Optional.empty();
    }
    AddedSplits added = new AddedSplits(known, command.tasks());
    try {
      List<SourceSplit> all = added.in(source, options);
      if (added.found().isEmpty()) {
        return Optional.empty();
      }
      LOG.warn(
          "job {} reads {} from the beginning: {} has them since the checkpoint was taken",
          command.job(),
          added.found(),
          transform);
      return Optional.of(all);
    } catch (Throwable e) {
      LOG.warn(
          "job {} could not find out whether {} has more partitions than when the checkpoint was"
              + " taken; it reads those that it knows",
          command.job(),
          transform,
          Thrown.printable(e));
      return Optional.empty();
    }
  }

  private <T> List<? extends BoundedSource<T>> splitBounded(
      BoundedSource<T> source, PipelineOptions options) throws Exception {
    source.validate();
    long bytes = source.getEstimatedSizeBytes(options);
    long each = Math.max(1, bytes / command.tasks());
    return source.split(each, options);
  }

  private List<? extends UnboundedSource<?, ?>> splitUnbounded(UnboundedSource<?, ?> source)
      throws Exception {
    source.validate();
    return source.split(splitsWanted(), options);
  }

  /**
   * A split is silent only if all that is in it is, so where silence counts there should be little
   * in each: KafkaIO puts several partitions in one if there are more of them. A multiple of the
   * tasks, so that each has the same number.
   */
  private int splitsWanted() {
    boolean silenceCounts = options.as(SourceOptions.class).getIdleSplitTimeoutMs() > 0;
    int each = Math.min(SPLITS_PER_TASK, SPLITS_IN_ALL / command.tasks());
    return silenceCounts ? command.tasks() * Math.max(1, each) : command.tasks();
  }
}
