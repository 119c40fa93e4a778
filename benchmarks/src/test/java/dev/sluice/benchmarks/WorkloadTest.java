package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a runner computes is what the workload expects, and that is what one computes by hand. */
final class WorkloadTest {

  @ParameterizedTest
  @EnumSource
  void isComputedByABeamRunnerAsExpected(Workload workload) {
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--targetParallelism=2").create();

    Load load = Load.of(workload);
    try (PipelineRun run =
        new PipelineRun("WorkloadTest-" + workload, workload, load, 200, options)) {
      run.awaitEnd();

      assertThat(run.meter().recordsRead()).isEqualTo(200);
      assertThat(run.meter().sunk())
          .isEqualTo(workload.expected(run.meter().recordsBySplit(), load));
    }
  }

  @ParameterizedTest
  @EnumSource
  void expectsTheSameWhateverTheNumberOfSplits(Workload workload) {
    Answer whole = workload.expected(new long[] {250_000}, Load.of(workload));

    assertThat(workload.expected(new long[] {125_000, 125_000}, Load.of(workload)))
        .isEqualTo(whole);
    assertThat(workload.expected(new long[] {83_334, 83_333, 83_333}, Load.of(workload)))
        .isEqualTo(whole);
  }

  @Test
  void expectsOfSplitsThatEndedApartOnlyWhatTheyEmitted() {
    long sum = LongStream.of(0, 2, 4, 1).map(index -> Records.value(Records.mix(index))).sum();

    assertThat(Workload.B0.expected(new long[] {3, 1}, Load.of(Workload.B0)))
        .isEqualTo(new Answer(4, sum));
    assertThat(Workload.B0.expected(new long[] {0, 0}, Load.of(Workload.B0)))
        .isEqualTo(new Answer(0, 0));
  }

  @Test
  void expectsOneSumPerKeyAndWindow() {
    long perWindow = 100_000;
    long keys =
        LongStream.range(0, perWindow)
            .map(index -> Records.mix(index) % Workload.B1.keys())
            .distinct()
            .count();

    assertThat(Workload.B1.expected(new long[] {perWindow}, Load.of(Workload.B1)).count())
        .isEqualTo(keys);
    assertThat(Workload.B1.expected(new long[] {perWindow + 1}, Load.of(Workload.B1)).count())
        .isEqualTo(keys + 1);
  }

  @Test
  void expectsTheCountsOfAKeyFromOneUpwards() {
    Answer one = Workload.B3.expected(new long[] {1}, Load.of(Workload.B3));
    Answer many = Workload.B3.expected(new long[] {100_000}, Load.of(Workload.B3));

    assertThat(one).isEqualTo(new Answer(1, 1));
    assertThat(many.count()).isEqualTo(100_000);
    assertThat(many.sum()).isGreaterThan(100_000);
  }
}
