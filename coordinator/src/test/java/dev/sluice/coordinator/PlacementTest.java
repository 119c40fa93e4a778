package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.TaskId;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private final JobSpec job = Jobs.bounded();

  @Test
  void oneWorkerGetsEverything() {
    Placement placement = Placement.of(job.graph(), 2, "w");

    assertThat(placement.workers()).containsExactly("w");
    assertThat(placement.tasks())
        .containsExactly(Jobs.task("s1", 0), Jobs.task("s2", 0), Jobs.task("s2", 1));
    assertThat(placement.workerOf(Jobs.task("s2", 1))).isEqualTo("w");
  }

  @Test
  void anUnknownTaskIsNowhere() {
    Placement placement = Placement.of(job.graph(), 1, "w1");
    TaskId stranger = Jobs.task("s9", 0);

    assertThatThrownBy(() -> placement.workerOf(stranger)).hasMessageContaining("s9/0");
  }
}
