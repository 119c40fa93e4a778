package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Long chains and deep recursion, in threads with the stack that a JVM gives by default. */
@Timeout(120)
class DeepPipelineTest {
  private static final int MAPS = 1_200;

  /** Adds one, and says so at the end of a bundle too. */
  private static final class AddOne extends DoFn<Long, Long> {
    private final Counter bundles = Metrics.counter("deep", "bundles");

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      out.output(number + 1);
    }

    @FinishBundle
    public void finish() {
      bundles.inc();
    }
  }

  /** Comes back only when the numbers have run out, which no stack is deep enough for. */
  private static final class Endless extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      out.output(depthOf(number));
    }

    private static long depthOf(long number) {
      return number < 0 ? 0 : 1 + depthOf(number + 1);
    }
  }

  /** A chain of objects that is longer than a stack. */
  private static final class Heavy extends DoFn<Long, Long> {
    private final Link first;

    private record Link(Link next) implements java.io.Serializable {}

    Heavy() {
      Link link = null;
      for (int i = 0; i < 100_000; i++) {
        link = new Link(link);
      }
      first = link;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      out.output(first == null ? 0 : number);
    }
  }

  @Test
  void aChainOfMapsMayBeLongerThanAStack() {
    Pipeline pipeline = Pipelines.create("--parallelism=2");
    PCollection<Long> numbers = pipeline.apply(Create.of(1L, 2L, 3L));
    for (int i = 0; i < MAPS; i++) {
      numbers = numbers.apply("AddOne" + i, ParDo.of(new AddOne()));
    }
    PAssert.that(numbers).containsInAnyOrder(MAPS + 1L, MAPS + 2L, MAPS + 3L);

    var result = pipeline.run();

    assertThat(result.waitUntilFinish()).isEqualTo(State.DONE);
    MetricsFilter bundles =
        MetricsFilter.builder().addNameFilter(MetricNameFilter.named("deep", "bundles")).build();
    assertThat(result.metrics().queryMetrics(bundles).getCounters()).hasSize(MAPS);
  }

  @Test
  void anOverflowOfTheStackNamesTheTransformAndWhatHelps() {
    Pipeline pipeline = Pipelines.create();
    PCollection<Long> numbers = pipeline.apply(Create.of(1L));
    for (int i = 0; i < 10; i++) {
      numbers = numbers.apply("AddOne" + i, ParDo.of(new AddOne()));
    }
    numbers.apply("Endless", ParDo.of(new Endless()));

    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("'Endless/")
        .hasMessageContaining("-Xss")
        .hasCauseInstanceOf(StackOverflowError.class);
  }

  @Test
  void aTransformThatIsTooDeepToBeSerializedIsNamed() {
    Pipeline pipeline = Pipelines.create();

    assertThatThrownBy(
            () -> {
              pipeline.apply(Create.of(1L)).apply("Heavy", ParDo.of(new Heavy()));
              pipeline.run();
            })
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'Heavy/")
        .hasMessageContaining("-Xss");
  }
}
