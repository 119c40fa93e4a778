package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.TaskId;
import dev.sluice.state.log.TransformNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A worker is told what its own tasks need, and of two workers each split goes to one. */
class ShareTest {
  private static final JobSpec JOB = Jobs.reading();
  private static final List<TaskId> FIRST = List.of(Jobs.task("s1", 0), Jobs.task("s2", 0));
  private static final List<TaskId> SECOND = List.of(Jobs.task("s1", 1));

  @Test
  void eachSplitGoesToTheWorkerOfItsTask() {
    List<SourceSplit> splits = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      splits.add(new SourceSplit(i, 5, new byte[0]));
    }
    List<SourceSplit> first = Share.of(JOB, FIRST).splits(Map.of("read", splits)).get("read");
    List<SourceSplit> second = Share.of(JOB, SECOND).splits(Map.of("read", splits)).get("read");

    assertThat(first).isNotEmpty().doesNotContainAnyElementsOf(second);
    assertThat(second).isNotEmpty();
    assertThat(first.size() + second.size()).isEqualTo(5);
  }

  @Test
  void whoRunsNoTaskOfASourceIsToldOfNoneOfItsSplits() {
    Map<String, List<SourceSplit>> all =
        Map.of("read", List.of(new SourceSplit(0, 1, new byte[0])));
    assertThat(Share.of(JOB, List.of(Jobs.task("s2", 0))).splits(all)).isEmpty();
  }

  /** One of them has the side inputs of all. */
  @Test
  void allSavedTasksOfAStageGoToEachWorkerThatRunsATaskOfIt() {
    SavedTask read0 = new SavedTask(List.of("First"), 0, 2, List.of());
    SavedTask read1 = new SavedTask(List.of("First"), 1, 2, List.of());
    SavedTask group = new SavedTask(List.of("Group"), 0, 1, List.of());
    SavedCheckpoint saved =
        new SavedCheckpoint(
            4,
            StorageLocation.of("memory"),
            true,
            2,
            Map.of(),
            List.of(read0, read1, group),
            MetricBytes.NONE,
            7,
            false,
            TransformNames.SAME);

    RestorePoint first = Share.of(JOB, FIRST).restorePoint(saved);
    assertThat(first.tasks()).containsExactly(read0, read1, group);
    assertThat(first.checkpoint()).isEqualTo(4);
    assertThat(first.jobClockMs()).isEqualTo(7);
    assertThat(Share.of(JOB, SECOND).restorePoint(saved).tasks()).containsExactly(read0, read1);
  }
}
