package dev.sluice.protocol;

/**
 * Where the tasks of one attempt write their segments.
 *
 * @param location the storage that the coordinator has claimed
 * @param job the folder of the job in it
 * @param generation the generation of the claim: no other claim of the job has it
 * @param attempt the attempt: no other one of this claim has it
 */
public record JobStorage(StorageLocation location, String job, long generation, int attempt) {

  /** What the names of one task's files begin with, without a slash at its end. */
  public String prefixOf(TaskId task) {
    return "%s/g%d/a%d/%s-%d".formatted(job, generation, attempt, task.stageId(), task.index());
  }
}
