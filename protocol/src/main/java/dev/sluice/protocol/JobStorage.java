package dev.sluice.protocol;

import dev.sluice.state.storage.CheckpointFiles;

/**
 * Where the tasks of one attempt write their segments.
 *
 * @param files the storage; shared by all who were given it, and closed by none of them
 * @param prefix what the names of all files of this attempt begin with, without a slash at its end;
 *     no other attempt has it
 */
public record JobStorage(CheckpointFiles files, String prefix) {
  /** What the names of one task's files begin with. */
  public String prefixOf(TaskId task) {
    return prefix + "/" + task.stageId() + "-" + task.index();
  }
}
