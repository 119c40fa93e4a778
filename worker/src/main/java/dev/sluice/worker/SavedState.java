package dev.sluice.worker;

import dev.sluice.protocol.RestorePoint;
import dev.sluice.protocol.SavedTask;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.EntryKey;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.worker.stage.OperatorContexts;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a checkpoint has for one task: a pure choice, by the names of transforms and by key groups,
 * among what other tasks had saved. So a plain restart and one with another parallelism are one.
 * What is always true: an entry goes to tasks of one stage, or it would stay for ever in those that
 * do not know of it, and come back from there.
 */
final class SavedState {
  private final SavedTasks saved;
  private final Optional<RestorePoint> point;
  private final List<SavedTask> tasksWithTransforms;
  private final KeyGroupRange groups;
  private final Set<String> transforms = new LinkedHashSet<>();
  private final Set<Integer> hashes = new TreeSet<>();
  private final int index;
  private final int tasks;

  /**
   * @param saved what the whole job had saved
   * @param index which of the stage's tasks it is for
   * @param tasks how many it has
   */
  SavedState(
      SavedTasks saved,
      KeyGroupRange groups,
      Stage stage,
      RunnerApi.Components components,
      int index,
      int tasks) {
    this.saved = saved;
    this.point = saved.point();
    this.groups = groups;
    this.index = index;
    this.tasks = tasks;
    for (Node node : stage.nodes().stream().filter(Node::keepsState).toList()) {
      transforms.add(components.getTransformsOrThrow(node.transformId()).getUniqueName());
      hashes.add(EntryKey.nameHash(OperatorContexts.nameOf(components, node)));
    }
    this.tasksWithTransforms = saved.of(transforms);
  }

  /**
   * What the task's own log holds: no other group's entries, and side inputs in one task's only.
   */
  SegmentFilter own() {
    return new SegmentFilter(groups, hashes::contains, false, names());
  }

  /** Whether anything was saved of what this task does. */
  boolean isEmpty() {
    return segments().isEmpty();
  }

  /** What the task's log continues. */
  LogOrigin origin() {
    List<SavedTask> met = tasksWithTransforms.stream().filter(this::meets).toList();
    if (met.isEmpty()) {
      return new LogOrigin.Nothing();
    }
    RestorePoint from = point.orElseThrow();
    return from.own() && from.names().isSame() && met.size() == 1 && isThisTask(met.get(0))
        ? new LogOrigin.Continued(segmentsOf(met))
        : new LogOrigin.Adopted(saved.files(), segmentsOf(met));
  }

  /** Every entry that the task begins with, each once; blocks. */
  EntryCursor read(Disk scratch) throws IOException {
    return SegmentMerge.entries(
        saved.files(),
        segments(),
        new SegmentFilter(groups, hashes::contains, true, names()),
        scratch);
  }

  private TransformNames names() {
    return point.map(RestorePoint::names).orElse(TransformNames.SAME);
  }

  private boolean isThisTask(SavedTask saved) {
    return saved.index() == index
        && saved.tasks() == tasks
        && transforms.equals(new LinkedHashSet<>(saved.transforms()));
  }

  /** Whether it had groups that are this task's now. */
  private boolean meets(SavedTask saved) {
    return saved.segments().stream()
        .anyMatch(s -> s.firstGroup() <= groups.last() && s.lastGroup() >= groups.first());
  }

  /** All of the stage's tasks': one of them has the side inputs, whatever its groups are. */
  private List<SegmentRef> segments() {
    return segmentsOf(tasksWithTransforms);
  }

  private static List<SegmentRef> segmentsOf(List<SavedTask> saved) {
    return saved.stream().flatMap(task -> task.segments().stream()).toList();
  }
}
