package dev.sluice.worker;

import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Heartbeat;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.MetricBytes;
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

  private final Membership membership;
  private final World world;
  private final Resolvers resolvers;
  private final BodyFactory bodies;
  private final Map<JobId, RunningJob> jobs = new LinkedHashMap<>();

  /** The next attempt of a job that is being stopped, and what was said to it since. */
  private final Map<JobId, List<Envelope>> waiting = new LinkedHashMap<>();

  private final Map<JobId, Splitting> splittings = new LinkedHashMap<>();

  /** To the latest leader that it has heard of. */
  private Line line;

  /** Time for a heartbeat; it sends this to itself. */
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
   * Registers itself with the network and the coordinator.
   *
   * @param membership where it belongs
   * @param world what it may touch
   * @param resolvers turn what messages name into something live
   * @param bodies how user code runs here
   */
  public Worker(Membership membership, World world, Resolvers resolvers, BodyFactory bodies) {
    this.membership = membership;
    this.world = world;
    this.resolvers = resolvers;
    this.bodies = bodies;
    this.line = new Line(world.network(), membership, Envelope.NO_EPOCH);
    world.network().register(membership.worker(), this);
    tell(new WorkerRegistered(membership.worker()));
    beat();
  }

  /** Stops handling messages; the coordinator must have stopped all jobs before. */
  public void close() {
    world.network().unregister(membership.worker());
  }

  @Override
  public void handle(Object message) {
    if (message instanceof Envelope envelope) {
      received(envelope);
    } else if (message instanceof RunEvent event) {
      failingItsJob(event.run().job(), () -> event(event));
    } else if (message instanceof Beat) {
      beat();
    } else {
      throw new IllegalArgumentException("a worker got " + message);
    }
  }

  /** Listens to the latest leader of its own cluster. */
  private void received(Envelope envelope) {
    if (!envelope.cluster().equals(membership.cluster()) || envelope.epoch() < line.epoch()) {
      LOG.debug("{} is of cluster {}: dropped {}", line, membership.cluster(), envelope);
      return;
    }
    if (!(envelope.content() instanceof WorkerCommand command)) {
      throw new IllegalArgumentException("a worker got " + envelope);
    }
    if (envelope.epoch() > line.epoch()) {
      line = line.in(envelope.epoch());
    }
    failingItsJob(command.job(), () -> command(envelope, command));
  }

  private void beat() {
    tell(new Heartbeat(membership.worker()));
    line.postLater(new Beat(), Heartbeat.INTERVAL_MS);
  }

  /**
   * A bug fails the job that has met it, which would hang otherwise; the others are not affected.
   */
  private void failingItsJob(JobId job, Runnable work) {
    try {
      work.run();
    } catch (Throwable e) {
      LOG.error("worker {} failed to serve job {}", membership.worker(), job, Thrown.printable(e));
      tell(
          new WorkerEvent.TaskFailed(
              job, Failures.of(e, job.value()).report(resolvers.exceptions())));
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
      List<Envelope> next = waiting.remove(job.id());
      if (next != null) {
        next.forEach(this::received);
      }
    }
  }

  private void command(Envelope envelope, WorkerCommand command) {
    if (command instanceof WorkerCommand.SplitSources split) {
      split(split);
    } else if (command instanceof WorkerCommand.Deploy deploy) {
      deploy(envelope, deploy);
    } else {
      RunningJob job = jobs.get(command.job());
      if (job != null) {
        command(job, envelope, command);
      } else if (command instanceof WorkerCommand.Stop stop) {
        stopSplitting(stop.job());
      }
    }
  }

  private void command(RunningJob job, Envelope envelope, WorkerCommand command) {
    if (envelope.attempt() < job.run().attempt()) {
      LOG.debug("job {} is at attempt {}: dropped {}", job.id(), job.run().attempt(), envelope);
      return;
    }
    if (command instanceof WorkerCommand.Stop) {
      waiting.remove(job.id());
    } else if (waiting.containsKey(job.id())) {
      // It is for the attempt that waits.
      waiting.get(job.id()).add(envelope);
      return;
    }
    job.handle(command);
    forgetIfStopped(job);
  }

  /**
   * Starts an attempt of a job. One before it has been stopped, unless the coordinator could not
   * reach this worker and gave it up: then it is stopped now, and the new one waits for its end, as
   * do all commands that follow.
   */
  private void deploy(Envelope envelope, WorkerCommand.Deploy deploy) {
    RunningJob earlier = jobs.get(deploy.job());
    if (earlier != null) {
      waiting.put(deploy.job(), new ArrayList<>(List.of(envelope)));
      earlier.handle(new WorkerCommand.Stop(deploy.job()));
      forgetIfStopped(earlier);
      return;
    }
    splittings.remove(deploy.job());
    RunningJob job = new RunningJob(deploy, world, resolvers, bodies, line);
    jobs.put(deploy.job(), job);
    job.start();
  }

  private void split(WorkerCommand.SplitSources command) {
    JobId job = command.job();
    RunEvent.Run run = new RunEvent.Run(job, Envelope.BEFORE_ANY);
    Splitting splitting =
        new Splitting(
            new SourceSplitter(command, resolvers, new MetricsContainerStepMap(), this::tell),
            () -> line.post(new RunEvent.SplitterEnded(run)));
    splittings.put(job, splitting);
    ClassLoader loader = resolvers.code().loader(job, command.program().code());
    world.tasks().start("split:" + job, loader, splitting.work);
  }

  private void stopSplitting(JobId job) {
    Splitting splitting = splittings.get(job);
    if (splitting == null) {
      tell(new WorkerEvent.JobStopped(job, MetricBytes.NONE));
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
      tell(new WorkerEvent.JobStopped(job, MetricBytes.of(splitting.splitter.metrics())));
    }
  }

  private void tell(Content content) {
    line.tell(Envelope.BEFORE_ANY, content);
  }
}
