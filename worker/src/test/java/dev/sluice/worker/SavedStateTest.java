package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.junit.jupiter.api.Test;

/** Of the tasks of two stages in which a combine runs only those have its state that keep it. */
class SavedStateTest {
  private static final Stage BEFORE =
      new Stage(
          "s1",
          "before",
          List.of(
              new Node.Read("read", false, Map.of("out", "numbers")),
              new Node.PartialCombine("sum", "numbers", Map.of("out", "partial"))),
          Stage.Parallelism.JOB);
  private static final Stage AFTER =
      new Stage(
          "s2",
          "after",
          List.of(
              new Node.Input("sum", "partial"),
              new Node.CombinePerKey(
                  "sum", "partial", Node.Combining.LIFTED, Map.of("out", "sums"))),
          Stage.Parallelism.JOB);
  private static final CheckpointFiles FILES =
      new FolderFiles(new MemoryFolder(1 << 20, MemoryFolder.Faults.NONE), "test");
  private static final RunnerApi.Components COMPONENTS =
      RunnerApi.Components.newBuilder()
          .putTransforms("read", named("Read"))
          .putTransforms("sum", named("Sum"))
          .build();

  private static RunnerApi.PTransform named(String name) {
    return RunnerApi.PTransform.newBuilder().setUniqueName(name).build();
  }

  private static SegmentRef segment(String stage, int index, int tasks) {
    return new SegmentRef(
        stage + index,
        1,
        0,
        KeyGroups.rangeOf(index, tasks).first(),
        KeyGroups.rangeOf(index, tasks).last());
  }

  /** What two tasks of each stage had saved. */
  private static RestorePoint saved(List<String> before) {
    List<SavedTask> tasks = new ArrayList<>();
    for (int index = 0; index < 2; index++) {
      tasks.add(new SavedTask(before, index, 2, List.of(segment("s1-", index, 2))));
    }
    for (int index = 0; index < 2; index++) {
      tasks.add(new SavedTask(List.of("Sum"), index, 2, List.of(segment("s2-", index, 2))));
    }
    return new RestorePoint(1, StorageLocation.of("memory"), true, tasks, 0, TransformNames.SAME);
  }

  private static SavedState of(Stage stage, RestorePoint point, int index, int tasks) {
    return new SavedState(
        SavedTasks.of(point, FILES),
        KeyGroups.rangeOf(index, tasks),
        stage,
        COMPONENTS,
        index,
        tasks);
  }

  @Test
  void aTaskGoesOnWithWhatIsItsOwn() {
    RestorePoint point = saved(List.of("Read"));
    for (int index = 0; index < 2; index++) {
      assertThat(of(BEFORE, point, index, 2).origin())
          .isEqualTo(new LogOrigin.Continued(List.of(segment("s1-", index, 2))));
      assertThat(of(AFTER, point, index, 2).origin())
          .isEqualTo(new LogOrigin.Continued(List.of(segment("s2-", index, 2))));
    }
  }

  @Test
  void oneOfAnotherNumberTakesOverWhatItsStageHad() {
    RestorePoint point = saved(List.of("Read"));
    assertThat(of(AFTER, point, 0, 1).origin())
        .isEqualTo(
            new LogOrigin.Adopted(FILES, List.of(segment("s2-", 0, 2), segment("s2-", 1, 2))));
    assertThat(of(AFTER, point, 2, 3).origin())
        .isEqualTo(new LogOrigin.Adopted(FILES, List.of(segment("s2-", 1, 2))));
  }

  /** As manifests were written that named every transform of a stage. */
  @Test
  void thePartBeforeTheExchangeTakesNothingOfTheCombine() {
    SavedState before = of(BEFORE, saved(List.of("Read", "Sum")), 0, 2);
    assertThat(before.own().transforms().test(EntryKey.nameHash("Read"))).isTrue();
    assertThat(before.own().transforms().test(EntryKey.nameHash("Sum"))).isFalse();
    assertThat(of(AFTER, saved(List.of("Read", "Sum")), 0, 2).own().transforms())
        .matches(transforms -> transforms.test(EntryKey.nameHash("Sum")));
  }
}
