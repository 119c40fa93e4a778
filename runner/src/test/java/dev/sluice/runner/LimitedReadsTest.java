package dev.sluice.runner;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** An unbounded source that is read up to a limit comes to its end, with and without streaming. */
final class LimitedReadsTest {

  private static void readsTen(String... args) {
    Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
    PCollection<Long> read =
        pipeline.apply(GenerateSequence.from(0).to(10).withMaxReadTime(Duration.standardDays(1)));
    PAssert.that(read).containsInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
    pipeline.run();
  }

  @Test
  void endsWithItsSource() {
    readsTen("--runner=TestSluiceRunner");
    readsTen("--runner=TestSluiceRunner", "--streaming=true");
  }

  @Test
  void endsWithItsTime() {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=TestSluiceRunner").create());
    PCollection<Long> read =
        pipeline.apply(
            GenerateSequence.from(0)
                .withRate(1, Duration.standardDays(1))
                .withMaxReadTime(Duration.millis(200)));
    PAssert.thatSingleton(read.apply(Count.globally())).isEqualTo(1L);
    pipeline.run();
  }
}
