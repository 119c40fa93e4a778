package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Wait;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long bundles are, seen by what a DoFn or one of Beam's sinks does once in each. */
@Timeout(120)
final class BundlesTest {
  private static final int TASKS = 2;
  private static final int LINES = 200_000;

  @TempDir Path temp;

  private static long counter(PipelineResult result, String namespace, String name) {
    long sum = 0;
    for (MetricResult<Long> counter :
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(namespace, name))
                    .build())
            .getCounters()) {
      sum += counter.getAttempted();
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(strings = {"--streaming=false", "--streaming=true"})
  void aCopyOfTextIsAFileForEachTask(String mode) throws IOException {
    List<String> lines =
        IntStream.range(0, LINES).mapToObj(i -> "line %06d of a text".formatted(i)).toList();
    Path in = Files.write(temp.resolve("in.txt"), lines);
    Pipeline pipeline = Pipelines.create(mode, "--parallelism=" + TASKS);
    pipeline
        .apply(TextIO.read().from(in.toString()))
        .apply(TextIO.write().to(temp.resolve("out").resolve("part").toString()));
    long begin = System.nanoTime();
    pipeline.run().waitUntilFinish();

    // A streaming job has a checkpoint every ten seconds, which ends its files.
    Duration took = Duration.millis((System.nanoTime() - begin) / 1_000_000);
    int checkpoints = mode.equals("--streaming=true") ? (int) took.getStandardSeconds() / 10 : 0;
    List<Path> files = files(temp.resolve("out"));
    assertThat(files).hasSizeBetween(1, TASKS * (1 + checkpoints));
    assertThat(files.stream().flatMap(BundlesTest::lines).sorted().toList()).isEqualTo(lines);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void bundlesOfBoundedInputAreCountedForEachDoFnThatLooksAtThem() {
    Pipeline pipeline = Pipelines.create("--parallelism=" + TASKS);
    pipeline
        .apply(GenerateSequence.from(0).to(500_000))
        .apply(Redistribute.arbitrarily())
        .apply("Last", ParDo.of(new LastFn()));
    PipelineResult result = pipeline.run();
    result.waitUntilFinish();

    assertThat(counter(result, "test", "elements")).isEqualTo(500_000);
    assertThat(counter(result, "sluice", "bundles")).isBetween(1L, (long) TASKS);
  }

  @Test
  void whatATransformKeepsUntilItsBundleEndsIsNotLate() {
    Pipeline pipeline = Pipelines.create("--parallelism=" + TASKS);
    PCollection<Long> numbers =
        pipeline
            .apply(Create.of(1L, 2L, 3L))
            .apply(
                FlatMapElements.into(TypeDescriptors.longs())
                    .via(i -> LongStream.range(0, 2_000).boxed().toList()))
            .apply(WithTimestamps.of(i -> Instant.ofEpochMilli(i)))
            .apply(Window.into(FixedWindows.of(Duration.millis(100))));
    // Windows fire one after the other into a transform that emits only when its bundle ends.
    PCollection<Long> sums =
        numbers
            .apply(Sum.longsGlobally().withoutDefaults())
            .apply(ParDo.of(new LaterFn()))
            .apply("again", Sum.longsGlobally().withoutDefaults());
    PAssert.that(sums)
        .containsInAnyOrder(
            LongStream.range(0, 20).mapToObj(w -> 3 * (100 * 100 * w + 4950)).toList());
    pipeline.run().waitUntilFinish();
  }

  @Test
  void aSignalFromAnOpenBundleIsNotWaitedForInVain() {
    Pipeline pipeline = Pipelines.create("--parallelism=" + TASKS);
    PCollection<Long> first =
        pipeline.apply(GenerateSequence.from(0).to(10_000)).apply("first", ParDo.of(new LaterFn()));
    PCollection<Long> second =
        pipeline
            .apply("2", GenerateSequence.from(0).to(10_000))
            .apply(Wait.on(first))
            .apply("second", ParDo.of(new LaterFn()));
    PAssert.thatSingleton(second.apply(Sum.longsGlobally())).isEqualTo(9_999L * 5_000);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void bundlesOfUnboundedInputAreShortUnlessAnOptionMakesThemLonger() throws IOException {
    assertThat(elementsInABundle()).isBetween(1L, 1_000L);
    assertThat(elementsInABundle("--maxBundleMs=500")).isGreaterThan(2_000L);
  }

  /** On average, after a number of bundles. */
  private static long elementsInABundle(String... options) throws IOException {
    Pipeline pipeline = Pipelines.create(options);
    pipeline.apply(GenerateSequence.from(0)).apply("Last", ParDo.of(new LastFn()));
    PipelineResult result = pipeline.run();
    while (counter(result, "sluice", "bundles") < 6) {
      Thread.onSpinWait();
    }
    result.cancel();
    return counter(result, "test", "elements") / counter(result, "sluice", "bundles");
  }

  /** Counts its elements when their bundle has ended. */
  private static final class LastFn extends DoFn<Long, Void> {
    private final Counter elements = Metrics.counter("test", "elements");
    private long inBundle;

    @StartBundle
    public void start() {
      inBundle = 0;
    }

    @ProcessElement
    public void process() {
      inBundle++;
    }

    @FinishBundle
    public void finish() {
      elements.inc(inBundle);
    }
  }

  /** Keeps its elements until their bundle ends. */
  private static final class LaterFn extends DoFn<Long, Long> {
    private record Kept(Long value, Instant timestamp, BoundedWindow window) {}

    private transient List<Kept> kept;

    @StartBundle
    public void start() {
      kept = new ArrayList<>();
    }

    @ProcessElement
    public void process(@Element Long value, @Timestamp Instant timestamp, BoundedWindow window) {
      kept.add(new Kept(value, timestamp, window));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      kept.forEach(k -> context.output(k.value(), k.timestamp(), k.window()));
    }
  }
}
