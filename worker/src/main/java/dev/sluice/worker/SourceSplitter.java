package dev.sluice.worker;

import dev.sluice.translation.JobGraph;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.protocol.SourceSplit;
import dev.sluice.worker.protocol.WorkerCommand;
import dev.sluice.worker.protocol.WorkerEvent;
import dev.sluice.worker.stage.TransformException;
import dev.sluice.worker.task.Failures;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.TaskRunner;
import java.io.Closeable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/**
 * Splits every source of a job, once, and reports the splits.
 *
 * <p>Stepped like a task, because splitting calls user code, which may block; done after one step.
 */
final class SourceSplitter implements TaskRunner.Steppable {
  private final WorkerCommand.SplitSources command;
  private final MetricsContainerStepMap metrics;
  private final Consumer<WorkerEvent> report;
  private final Runnable whenEnded;
  private TaskRunner.Handle handle;

  /**
   * @param metrics where splitting counts
   * @param report takes the one event that comes of it
   * @param whenEnded runs as the last thing in the thread that splits
   */
  SourceSplitter(
      WorkerCommand.SplitSources command,
      MetricsContainerStepMap metrics,
      Consumer<WorkerEvent> report,
      Runnable whenEnded) {
    this.command = command;
    this.metrics = metrics;
    this.report = report;
    this.whenEnded = whenEnded;
  }

  /** What splitting has counted; complete once it has ended. */
  MetricsContainerStepMap metrics() {
    return metrics;
  }

  /** Interrupts user code that blocks. */
  void interrupt() {
    handle.interrupt();
  }

  @Override
  public void started(TaskRunner.Handle newHandle) {
    handle = newHandle;
  }

  @Override
  public Step step() {
    try {
      Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
      JobGraph graph = command.graph();
      for (Stage stage : graph.stages()) {
        if (stage.root() instanceof Node.Read read) {
          splits.put(read.transformId(), split(read));
        }
      }
      report.accept(new WorkerEvent.SourcesSplit(command.job(), splits, metrics));
    } catch (Throwable e) {
      report.accept(
          new WorkerEvent.TaskFailed(command.job(), Failures.of(e, command.job().value())));
    }
    return Step.FINISHED;
  }

  @SuppressWarnings("try") // the container is in scope, not in use
  private List<SourceSplit> split(Node.Read read) {
    RunnerApi.PTransform transform =
        command.graph().components().getTransformsOrThrow(read.transformId());
    try (Closeable ignored =
        MetricsEnvironment.scopedMetricsContainer(
            metrics.getContainer(transform.getUniqueName()))) {
      RunnerApi.ReadPayload payload =
          RunnerApi.ReadPayload.parseFrom(transform.getSpec().getPayload());
      List<? extends Source<?>> sources =
          read.bounded()
              ? splitBounded(ReadTranslation.boundedSourceFromProto(payload), command.options())
              : splitUnbounded(ReadTranslation.unboundedSourceFromProto(payload));
      List<SourceSplit> splits = new ArrayList<>();
      for (Source<?> source : sources) {
        splits.add(
            new SourceSplit(
                splits.size(), sources.size(), SerializableUtils.serializeToByteArray(source)));
      }
      return splits;
    } catch (Exception e) {
      throw new TransformException(transform.getUniqueName(), e);
    }
  }

  private <T> List<? extends BoundedSource<T>> splitBounded(
      BoundedSource<T> source, PipelineOptions options) throws Exception {
    source.validate();
    long bytes = source.getEstimatedSizeBytes(options);
    long each = Math.max(1, bytes / command.desiredSplits());
    return source.split(each, options);
  }

  private List<? extends UnboundedSource<?, ?>> splitUnbounded(UnboundedSource<?, ?> source)
      throws Exception {
    source.validate();
    return source.split(command.desiredSplits(), command.options());
  }

  @Override
  public long wakeAtNanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public void ended() {
    whenEnded.run();
  }
}
