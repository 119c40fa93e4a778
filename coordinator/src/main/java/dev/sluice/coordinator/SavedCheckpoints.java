package dev.sluice.coordinator;

import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import dev.sluice.state.log.TransformNames;
import dev.sluice.translation.Node;
import dev.sluice.translation.Stage;
import dev.sluice.translation.StageIndex;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** From what tasks have acknowledged to a checkpoint. Pure functions. */
final class SavedCheckpoints {
  private SavedCheckpoints() {}

  /** What a round that every task has acknowledged has saved. */
  static SavedCheckpoint of(JobState now, CheckpointRound round) {
    JobSpec spec = now.spec();
    JobStorage storage = spec.durability().orElseThrow().ledger().storageOf(now.attempt());
    Map<String, Integer> counts = new LinkedHashMap<>();
    round.acknowledged().keySet().forEach(task -> counts.merge(task.stageId(), 1, Integer::sum));
    StageIndex stages = StageIndex.of(spec.graph());
    List<SavedTask> tasks = new ArrayList<>();
    for (CheckpointAcknowledged report : round.acknowledged().values()) {
      String stage = report.task().stageId();
      tasks.add(
          new SavedTask(
              transformsOf(spec, stages.stage(stage)),
              report.task().index(),
              counts.get(stage),
              report.snapshot().segments()));
    }
    Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
    now.deployment().splits().forEach((id, list) -> splits.put(spec.nameOf(id), list));
    return new SavedCheckpoint(
        round.id(),
        storage.location(),
        true,
        spec.settings().parallelism(),
        splits,
        tasks,
        metricsOf(now, round),
        round.jobClockMs(),
        now.draining(),
        TransformNames.SAME);
  }

  private static List<String> transformsOf(JobSpec spec, Stage stage) {
    return stage.nodes().stream()
        .filter(Node::keepsState)
        .map(Node::transformId)
        .map(spec::nameOf)
        .distinct()
        .toList();
  }

  /** What the job had counted at the barrier of a round, in this attempt and before it. */
  static MetricBytes metricsOf(JobState now, CheckpointRound round) {
    List<MetricBytes> parts = new ArrayList<>();
    parts.add(now.deployment().metricsBefore());
    round.acknowledged().values().forEach(report -> parts.add(report.metrics()));
    return MetricBytes.sum(parts);
  }
}
