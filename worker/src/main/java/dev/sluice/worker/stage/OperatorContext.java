package dev.sluice.worker.stage;

import org.apache.beam.runners.core.metrics.MetricsContainerImpl;

/**
 * What an operator is handed when it is made.
 *
 * @param transformId id of its transform in the job's components
 * @param transformName the full name the user knows it by
 * @param components the job's coders, windowing strategies and payloads
 * @param task the task it runs in
 * @param metrics the metrics of its step in this task; written by the task's thread only
 * @param blame names it when something goes wrong
 */
public record OperatorContext(
    String transformId,
    String transformName,
    PipelineComponents components,
    TaskContext task,
    MetricsContainerImpl metrics,
    Blame blame) {

  /** Enrols the transform with its task. */
  public OperatorContext(
      String transformId,
      String transformName,
      PipelineComponents components,
      TaskContext task,
      MetricsContainerImpl metrics) {
    this(
        transformId,
        transformName,
        components,
        task,
        metrics,
        task.services().atWork().add(transformName));
  }
}
