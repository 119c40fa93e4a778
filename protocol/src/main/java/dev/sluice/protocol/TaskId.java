package dev.sluice.protocol;

import java.io.Serializable;

/**
 * Names one parallel instance of a stage within a job.
 *
 * @param stageId the stage
 * @param index from 0 to the stage's number of tasks, exclusive
 */
public record TaskId(String stageId, int index) implements Serializable, Comparable<TaskId> {
  @Override
  public int compareTo(TaskId other) {
    int byStage = stageId.compareTo(other.stageId);
    return byStage != 0 ? byStage : Integer.compare(index, other.index);
  }

  @Override
  public String toString() {
    return stageId + "/" + index;
  }
}
