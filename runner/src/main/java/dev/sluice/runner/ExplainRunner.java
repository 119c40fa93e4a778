package dev.sluice.runner;

import com.google.auto.service.AutoService;
import dev.sluice.translation.ExplainPlan;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineRunner;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResults;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Hidden;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsRegistrar;
import org.apache.beam.sdk.options.StreamingOptions;
import org.joda.time.Duration;

/**
 * Prints the graph that {@link SluiceRunner} would run, to standard output, and runs nothing.
 *
 * <p>To the program that calls it, it looks like a run that ended at once: this is how {@code
 * sluice explain} gets at the pipeline of any main class.
 */
public final class ExplainRunner extends PipelineRunner<PipelineResult> {
  private final Options options;

  private ExplainRunner(Options options) {
    this.options = options;
  }

  /** How Beam makes a runner. */
  public static ExplainRunner fromOptions(PipelineOptions options) {
    return new ExplainRunner(options.as(Options.class));
  }

  @Override
  public PipelineResult run(Pipeline pipeline) {
    boolean streaming = options.as(StreamingOptions.class).isStreaming();
    JobGraph graph = JobGraphs.translate(PortablePipelines.of(pipeline), streaming);
    System.out.println(
        options.getExplainAs() == Format.MERMAID
            ? ExplainPlan.mermaid(graph)
            : ExplainPlan.text(graph));
    return new NothingRun();
  }

  /** How a graph is written. */
  public enum Format {
    /** Lines for a terminal. */
    TEXT,
    /** A Mermaid flowchart. */
    MERMAID
  }

  /** Set by {@code sluice explain}. */
  @Hidden
  public interface Options extends PipelineOptions {
    @Description("How ExplainRunner writes the graph: TEXT or MERMAID.")
    @Default.Enum("TEXT")
    Format getExplainAs();

    /** Sets {@link #getExplainAs}. */
    void setExplainAs(Format format);
  }

  /** Tells Beam of the options. */
  @AutoService(PipelineOptionsRegistrar.class)
  public static final class Registrar implements PipelineOptionsRegistrar {
    @Override
    public Iterable<Class<? extends PipelineOptions>> getPipelineOptions() {
      return List.of(Options.class);
    }
  }

  /** The result of running nothing. */
  private static final class NothingRun implements PipelineResult {
    @Override
    public State getState() {
      return State.DONE;
    }

    @Override
    public State cancel() {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish(Duration duration) {
      return State.DONE;
    }

    @Override
    public State waitUntilFinish() {
      return State.DONE;
    }

    @Override
    public MetricResults metrics() {
      return new MetricResults() {
        @Override
        public MetricQueryResults queryMetrics(MetricsFilter filter) {
          return MetricQueryResults.create(
              List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        }
      };
    }
  }
}
