package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CheckpointRoundTest {
  private final CheckpointRound begun =
      CheckpointRound.begin(
          7,
          false,
          Optional.empty(),
          0,
          Set.of(Jobs.task("s1", 0), Jobs.task("s2", 0)),
          Set.of("w1", "w2"));

  @Test
  void isOverWhenEveryTaskHasAcknowledgedAndEveryWorkerReleased() {
    CheckpointRound half = begun.acknowledgedBy(by(Jobs.task("s2", 0)));
    assertThat(half.missing()).containsExactly(Jobs.task("s1", 0));
    assertThat(half.isAcknowledged()).isFalse();

    CheckpointRound acknowledged = half.acknowledgedBy(by(Jobs.task("s1", 0)));
    assertThat(acknowledged.isAcknowledged()).isTrue();
    assertThat(acknowledged.isOver()).isFalse();
    assertThat(acknowledged.releasedBy("w1")).as("too early").isEqualTo(acknowledged);
    CheckpointRound releasing = acknowledged.in(CheckpointRound.Step.RELEASING);

    assertThat(releasing.releasedBy("w1").unreleased()).containsExactly("w2");
    assertThat(releasing.releasedBy("w1").releasedBy("w2").isOver()).isTrue();
  }

  @Test
  void aRepeatedAcknowledgementChangesNothing() {
    CheckpointRound once = begun.acknowledgedBy(by(Jobs.task("s2", 0)));
    assertThat(once.acknowledgedBy(by(Jobs.task("s2", 0)))).isEqualTo(once);
  }

  @Test
  void anAcknowledgementOfAStrangerChangesNothing() {
    assertThat(begun.acknowledgedBy(by(Jobs.task("s9", 0)))).isEqualTo(begun);
  }

  @Test
  void anEarlyReleaseChangesNothing() {
    assertThat(begun.releasedBy("w1")).isEqualTo(begun);
  }

  private static CheckpointAcknowledged by(TaskId task) {
    return CheckpointAcknowledged.ofRelease(Jobs.ID, task, 7);
  }
}
