package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.protocol.TaskId;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private final JobSpec job = Jobs.bounded();

  @Test
  void oneWorkerGetsEverything() {
    Placement placement = Placement.of(job.graph(), 2, List.of("w"));

    assertThat(placement.workers()).containsExactly("w");
    assertThat(placement.tasks())
        .containsExactly(Jobs.task("s1", 0), Jobs.task("s2", 0), Jobs.task("s2", 1));
  }

  @Test
  void aSlotStaysOnOneWorker() {
    Placement placement = Placement.of(job.graph(), 5, List.of("w1", "w2"));

    assertThat(placement.tasksByWorker().get("w1"))
        .containsExactly(
            Jobs.task("s1", 0), Jobs.task("s2", 0), Jobs.task("s2", 2), Jobs.task("s2", 4));
    assertThat(placement.workerOf(Jobs.task("s2", 3))).isEqualTo("w2");
  }

  @Test
  void aWorkerWithoutASlotIsLeftOut() {
    assertThat(Placement.of(job.graph(), 1, List.of("w1", "w2")).workers()).containsExactly("w1");
  }

  @Test
  void anUnknownTaskIsNowhere() {
    Placement placement = Placement.of(job.graph(), 1, List.of("w1"));
    TaskId stranger = Jobs.task("s9", 0);

    assertThatThrownBy(() -> placement.workerOf(stranger)).hasMessageContaining("s9/0");
  }
}
