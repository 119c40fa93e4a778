package dev.sluice.worker;

import dev.sluice.protocol.FromWorker;
import dev.sluice.protocol.Heartbeat;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerRegistered;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.error.Thrown;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.task.Failures;
import dev.sluice.worker.world.World;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: runs the tasks that the coordinator places here, and answers it.
 *
 * <p>Owned by the loop of its network address, which handles one message at a time; tasks run in
 * threads of their own and talk to it by {@link RunEvent}s sent to that address. Knows nothing of a
 * job but its own tasks of it.
 */
public final class Worker implements Network.Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private final String address;
  private final String coordinator;
  private final World world;
  private final BodyFactory bodies;
  private final Map<JobId, RunningJob> jobs = new LinkedHashMap<>();

  /** The next attempt of a job that is being stopped, and what was said to it since. */
  private final Map<JobId, List<WorkerCommand>> waiting = new LinkedHashMap<>();

  private final Map<JobId, Splitting> splittings = new LinkedHashMap<>();

  /** Time to tell that it is alive; it sends this to itself. */
  private record Beat() {}

  /** The splitting of the sources of a job that is not deployed yet; owned by the loop. */
  private static final class Splitting {
    final SourceSplitter splitter;
    final BackgroundWork work;

    /** Its thread has ended. */
    boolean ended;

    /** The job is to be reported as stopped when it has. */
    boolean stopping;

    Splitting(SourceSplitter splitter, Runnable whenEnded) {
      this.splitter = splitter;
      this.work = new BackgroundWork(splitter, whenEnded);
    }
  }

  /**
   * @param address where messages for this worker go; it registers itself there
   * @param coordinator where its events go
   * @param bodies how user code runs here
   */
  public Worker(String address, String coordinator, World world, BodyFactory bodies) {
    this.address = address;
    this.coordinator = coordinator;
    this.world = world;
    this.bodies = bodies;
    world.network().register(address, this);
    world.network().send(coordinator, new WorkerRegistered(address));
    beat();
  }

  /** Stops handling messages; the coordinator must have stopped all jobs before. */
  public void close() {
    world.network().unregister(address);
  }

  @Override
  public void handle(Object message) {
    if (message instanceof WorkerCommand command) {
      failingItsJob(command.job(), () -> command(command));
    } else if (message instanceof RunEvent event) {
      failingItsJob(event.run().job(), () -> event(event));
    } else if (message instanceof Beat) {
      beat();
    } else {
      throw new IllegalArgumentException("a worker got " + message);
    }
  }

  private void beat() {
    world.network().send(coordinator, new Heartbeat(address));
    world.network().sendLater(address, new Beat(), Heartbeat.INTERVAL_MS);
  }

  /** A bug fails the job that has met it, which would hang otherwise; the others go on. */
  private void failingItsJob(JobId job, Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      LOG.error("worker {} failed to serve job {}", address, job, Thrown.printable(e));
      tell(new WorkerEvent.TaskFailed(job, Failures.of(e, job.value())));
    }
  }

  private void event(RunEvent event) {
    if (event instanceof RunEvent.SplitterEnded ended) {
      splittingEnded(ended.run().job());
      return;
    }
    RunningJob job = jobs.get(event.run().job());
    if (job != null && job.run().equals(event.run())) {
      job.handle(event);
      forgetIfStopped(job);
    }
  }

  private void forgetIfStopped(RunningJob job) {
    if (job.stopped()) {
      jobs.remove(job.id());
      List<WorkerCommand> next = waiting.remove(job.id());
      if (next != null) {
        next.forEach(this::command);
      }
    }
  }

  private void command(WorkerCommand command) {
    if (command instanceof WorkerCommand.SplitSources split) {
      split(split);
    } else if (command instanceof WorkerCommand.Deploy deploy) {
      deploy(deploy);
    } else {
      RunningJob job = jobs.get(command.job());
      if (job != null) {
        if (command instanceof WorkerCommand.Stop) {
          waiting.remove(job.id());
        } else if (waiting.containsKey(job.id())) {
          // It is for the attempt that waits.
          waiting.get(job.id()).add(command);
          return;
        }
        job.handle(command);
        forgetIfStopped(job);
      } else if (command instanceof WorkerCommand.Stop stop) {
        stopSplitting(stop.job());
      }
    }
  }

  /**
   * Starts an attempt of a job. One before it has been stopped, unless the coordinator could not
   * reach this worker and gave it up: then it is stopped now, and the new one waits for its end, as
   * do all commands that follow.
   */
  private void deploy(WorkerCommand.Deploy deploy) {
    RunningJob earlier = jobs.get(deploy.job());
    if (earlier != null) {
      waiting.put(deploy.job(), new ArrayList<>(List.of(deploy)));
      earlier.handle(new WorkerCommand.Stop(deploy.job()));
      forgetIfStopped(earlier);
      return;
    }
    splittings.remove(deploy.job());
    RunningJob job = new RunningJob(deploy, world, bodies, address, coordinator);
    jobs.put(deploy.job(), job);
    job.start();
  }

  private void split(WorkerCommand.SplitSources command) {
    JobId job = command.job();
    RunEvent.Run run = new RunEvent.Run(job, FromWorker.BEFORE_ANY);
    Splitting splitting =
        new Splitting(
            new SourceSplitter(command, new MetricsContainerStepMap(), this::tell),
            () -> world.network().send(address, new RunEvent.SplitterEnded(run)));
    splittings.put(job, splitting);
    world.tasks().start("split:" + job, command.loader(), splitting.work);
  }

  private void stopSplitting(JobId job) {
    Splitting splitting = splittings.get(job);
    if (splitting == null) {
      tell(new WorkerEvent.JobStopped(job, new MetricsContainerStepMap()));
    } else {
      splitting.stopping = true;
      splitting.work.stop();
      tellIfStopped(job, splitting);
    }
  }

  private void splittingEnded(JobId job) {
    Splitting splitting = splittings.get(job);
    if (splitting != null) {
      splitting.ended = true;
      tellIfStopped(job, splitting);
    }
  }

  private void tellIfStopped(JobId job, Splitting splitting) {
    if (splitting.stopping && splitting.ended) {
      splittings.remove(job);
      tell(new WorkerEvent.JobStopped(job, splitting.splitter.metrics()));
    }
  }

  private void tell(WorkerEvent event) {
    world.network().send(coordinator, new FromWorker(address, FromWorker.BEFORE_ANY, event));
  }
}
