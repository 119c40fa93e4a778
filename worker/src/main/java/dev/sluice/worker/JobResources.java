package dev.sluice.worker;

import dev.sluice.protocol.WorkerCommand;
import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.DiskFile;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.page.SpillArea;
import dev.sluice.worker.pardo.SharedSideInputs;
import dev.sluice.worker.world.JobClock;
import dev.sluice.worker.world.World;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the tasks of one attempt of a job share on this worker.
 *
 * <p>Made by the worker's loop when the job is deployed, and closed by it when all tasks have
 * ended.
 *
 * @param world the worker's
 * @param resolvers the worker's
 * @param clock the job's processing time
 * @param files the places of its checkpoints
 * @param spill where elements go that do not fit on the heap
 * @param logs where logs put what is not yet safe, and merges their runs
 * @param names of transforms and states, as they stand in segments
 * @param sideInputs the panes and views that tasks have in common
 */
record JobResources(
    World world,
    Resolvers resolvers,
    JobClock clock,
    JobFiles files,
    SpillArea spill,
    Disk logs,
    StateNames names,
    SharedSideInputs sideInputs) {
  private static final Logger LOG = LoggerFactory.getLogger(JobResources.class);

  static JobResources of(
      WorkerCommand.Deploy deploy, World world, Resolvers resolvers, JobClock clock) {
    // Each attempt has its own: what one that has ended still writes is in nobody's way.
    String run = deploy.job().value() + "-a" + deploy.attempt().number();
    return new JobResources(
        world,
        resolvers,
        clock,
        new JobFiles(resolvers.storages()),
        SpillArea.onDisk(world.scratch().ofJob(run)),
        world.scratch().ofJob(run + "-logs"),
        new StateNames(),
        new SharedSideInputs());
  }

  /** The part of the disk for logs that only one of them uses. */
  Disk logDisk(String name) {
    return new Part(logs, name + "-");
  }

  /** Closes the places of checkpoints, and deletes the files of its own. */
  void close() {
    files.close();
    spill.close();
    try {
      logs.deleteAll();
    } catch (IOException e) {
      LOG.warn("scratch files in {} could not be deleted", logs.location(), e);
    }
  }

  /** The files of a disk whose names begin alike; deleted with all others. */
  private record Part(Disk disk, String prefix) implements Disk {
    @Override
    public DiskFile create(String name) throws IOException {
      return disk.create(prefix + name);
    }

    @Override
    public void deleteAll() {
      throw new UnsupportedOperationException("deleted with the job's other files");
    }

    @Override
    public String location() {
      return disk.location();
    }
  }
}
