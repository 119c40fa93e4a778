package dev.sluice.state.checkpoint;

import java.util.List;

/**
 * The content of a job's claim, the only file of its checkpoints that ever changes: who may write
 * them, and which of them are real. Every change is one compare-and-set, so a process that has lost
 * the claim finds out at its next one.
 *
 * @param generation how often the job was claimed
 * @param holder who claimed it last
 * @param ended how the job ended, if it is over; empty otherwise
 * @param retained the checkpoints that are kept, the newest first
 */
record JobClaim(long generation, Holder holder, String ended, List<Retained> retained) {
  JobClaim {
    retained = List.copyOf(retained);
  }

  /**
   * A checkpoint that is kept.
   *
   * @param checkpoint its number
   * @param manifest the file that holds its manifest
   * @param crc CRC32C of that file
   */
  record Retained(long checkpoint, String manifest, int crc) {}

  JobClaim with(String newEnded, List<Retained> newRetained) {
    return new JobClaim(generation, holder, newEnded, newRetained);
  }
}
