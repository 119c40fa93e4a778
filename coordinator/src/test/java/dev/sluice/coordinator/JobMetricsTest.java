package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.MetricBytes;
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
    long round = metrics.begin(9, Set.of("w1", "w2"));

    assertThat(metrics.answered("w1", round, counted(1))).isEmpty();
    assertThat(metrics.answered("w1", round, counted(1))).as("repeated").isEmpty();
    assertThat(metrics.answered("w2", round, counted(1))).containsExactly(9L);
    assertThat(metrics.answered("w2", round, counted(1))).as("late").isEmpty();
  }

  @Test
  void theLastWordOfAWorkerCountsForEveryRound() {
    metrics.begin(1, Set.of("w1"));
    metrics.begin(2, Set.of("w1"));
    long three = metrics.begin(3, Set.of("w1", "w2"));

    assertThat(metrics.stopped("w1", counted(1))).containsExactly(1L, 2L);
    assertThat(metrics.answered("w2", three, counted(1))).containsExactly(3L);
  }

  @Test
  void aWorkerThatIsLostIsWaitedForNoMore() {
    metrics.begin(1, Set.of("w1"));
    metrics.begin(2, Set.of("w1", "w2"));

    assertThat(metrics.lost("w1")).containsExactly(1L);
  }

  @Test
  void aNewAttemptCountsFromItsCheckpointOn() {
    metrics.answered("w1", 0, counted(50));
    metrics.begin(1, Set.of("w1"));

    assertThat(metrics.beginAttempt(counted(20))).containsExactly(1L);
    assertThat(records(metrics.values().attempted())).isEqualTo(20);
    assertThat(records(metrics.values().committed())).isEqualTo(20);

    metrics.answered("w1", 0, counted(5));
    assertThat(records(metrics.values().attempted())).isEqualTo(25);
    assertThat(records(metrics.values().committed())).isEqualTo(20);
  }

  @Test
  void whatIsCommittedDoesNotMoveAnyMore() {
    metrics.answered("w1", 0, counted(5));
    metrics.commitAll();
    metrics.answered("w1", 0, counted(8));

    assertThat(records(metrics.values().committed())).isEqualTo(5);
    assertThat(records(metrics.values().attempted())).isEqualTo(8);
  }

  private static MetricBytes counted(long records) {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    metrics.getContainer("step").getCounter(RECORDS).inc(records);
    return MetricBytes.of(metrics);
  }

  private static long records(MetricBytes metrics) {
    return metrics.read().getContainer("step").getCounter(RECORDS).getCumulative();
  }
}
