package dev.sluice.state.log;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.storage.CheckpointFiles;

/**
 * Where the log of a task is written to.
 *
 * @param files the storage
 * @param prefix what the names of the task's files begin with; no other task's, and no other
 *     attempt's, do
 * @param scratch takes what is not yet safe and does not fit on the heap, and runs of merges
 * @param lanes where the work is done
 */
public record LogPlace(CheckpointFiles files, String prefix, Disk scratch, LogLanes lanes) {}
