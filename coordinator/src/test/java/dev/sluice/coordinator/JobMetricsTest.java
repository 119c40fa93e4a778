package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobMetrics.Purpose;
import java.util.Set;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

class JobMetricsTest {
  private static final MetricName RECORDS = MetricName.named("test", "records");

  private final JobMetrics metrics = new JobMetrics();

  @Test
  void addsUpWhatTheWorkersHaveToldLast() {
    metrics.answered("w1", 0, counted(5));
    metrics.answered("w2", 0, counted(7));
    metrics.answered("w1", 0, counted(6));

    assertThat(records(metrics.values().attempted())).isEqualTo(13);
  }

  @Test
  void aRoundIsOverWithTheLastAnswer() {
    Purpose purpose = new Purpose.Answer(9);
    long round = metrics.begin(purpose, Set.of("w1", "w2"));

    assertThat(metrics.answered("w1", round, counted(1))).isEmpty();
    assertThat(metrics.answered("w1", round, counted(1))).as("repeated").isEmpty();
    assertThat(metrics.answered("w2", round, counted(1))).contains(purpose);
    assertThat(metrics.answered("w2", round, counted(1))).as("late").isEmpty();
  }

  @Test
  void theLastWordOfAWorkerCountsForEveryRound() {
    Purpose one = new Purpose.Answer(1);
    Purpose two = new Purpose.Commit();
    metrics.begin(one, Set.of("w1"));
    metrics.begin(two, Set.of("w1"));
    long three = metrics.begin(new Purpose.Answer(3), Set.of("w1", "w2"));

    assertThat(metrics.stopped("w1", counted(1))).containsExactly(one, two);
    assertThat(metrics.answered("w2", three, counted(1))).contains(new Purpose.Answer(3));
  }

  @Test
  void whatIsCommittedDoesNotMoveAnyMore() {
    MetricsContainerStepMap live = counted(5);
    metrics.answered("w1", 0, live);
    metrics.commit();
    live.getContainer("step").getCounter(RECORDS).inc(3);

    assertThat(records(metrics.values().committed())).isEqualTo(5);
    assertThat(records(metrics.values().attempted())).isEqualTo(8);
  }

  private static MetricsContainerStepMap counted(long records) {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    metrics.getContainer("step").getCounter(RECORDS).inc(records);
    return metrics;
  }

  private static long records(MetricsContainerStepMap metrics) {
    return metrics.getContainer("step").getCounter(RECORDS).getCumulative();
  }
}
