package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointRoundTest {
  private final CheckpointRound begun =
      CheckpointRound.begin(
          7, false, Set.of(Jobs.task("s1", 0), Jobs.task("s2", 0)), Set.of("w1", "w2"));

  @Test
  void isOverWhenEveryTaskHasAcknowledgedAndEveryWorkerReleased() {
    CheckpointRound half = begun.acknowledgedBy(Jobs.task("s2", 0));
    assertThat(half.missing()).containsExactly(Jobs.task("s1", 0));
    assertThat(half.isAcknowledged()).isFalse();

    CheckpointRound acknowledged = half.acknowledgedBy(Jobs.task("s1", 0));
    assertThat(acknowledged.isAcknowledged()).isTrue();
    assertThat(acknowledged.isOver()).isFalse();

    assertThat(acknowledged.releasedBy("w1").unreleased()).containsExactly("w2");
    assertThat(acknowledged.releasedBy("w1").releasedBy("w2").isOver()).isTrue();
  }

  @Test
  void aRepeatedAcknowledgementChangesNothing() {
    CheckpointRound once = begun.acknowledgedBy(Jobs.task("s2", 0));
    assertThat(once.acknowledgedBy(Jobs.task("s2", 0))).isEqualTo(once);
  }

  @Test
  void anAcknowledgementOfAStrangerChangesNothing() {
    assertThat(begun.acknowledgedBy(Jobs.task("s9", 0))).isEqualTo(begun);
  }

  @Test
  void anEarlyReleaseChangesNothing() {
    assertThat(begun.releasedBy("w1")).isEqualTo(begun);
  }
}
