package dev.sluice.worker.world;

import dev.sluice.protocol.world.Clock;
import dev.sluice.protocol.world.Io;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.disk.Disk;

/**
 * Everything outside the engine that it may touch, handed in so that a cluster fits in a seed.
 *
 * @param clock the machine's time
 * @param network between coordinator, workers and clients
 * @param scratch where a job may put files it can lose
 * @param tasks what steps the tasks: a thread each, or a simulation
 * @param io where work is done that may block on a disk or a storage
 * @param state the room that the state of all tasks shares
 */
public record World(
    Clock clock, Network network, Scratch scratch, TaskRunner tasks, Io io, StateRoom state) {

  /** Scratch space by job. */
  @FunctionalInterface
  public interface Scratch {
    /** The scratch space of one run of one job; nothing exists there before its first file. */
    Disk ofJob(String job);
  }
}
