package dev.sluice.coordinator;

import dev.sluice.coordinator.JobAction.CommitMetrics;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Tell;
import dev.sluice.coordinator.JobAction.Warn;
import dev.sluice.worker.protocol.FromWorker;
import dev.sluice.worker.protocol.JobId;
import dev.sluice.worker.protocol.WorkerCommand;
import dev.sluice.worker.protocol.WorkerEvent;
import dev.sluice.worker.protocol.WorkerRegistered;
import dev.sluice.worker.world.Network;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns every decision about every job of a cluster.
 *
 * <p>One event loop: whoever carries its messages calls {@link #handle} with one at a time. For
 * each event of a job it decides ({@link JobLifecycle}), writes the decision into the journal,
 * acts, and then tells the client. Always true: a job it knows is not terminal; of a job that has
 * ended nothing is kept, and messages about it are dropped.
 */
public final class Coordinator implements Network.Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  private final String address;
  private final Network network;
  private final Journal journal;
  private final Set<String> workers = new LinkedHashSet<>();
  private final Map<JobId, Job> jobs = new LinkedHashMap<>();

  /** What is known of a job: what decides, and what does not. */
  private static final class Job {
    JobState state;
    final JobMetrics metrics = new JobMetrics();

    Job(JobState state) {
      this.state = state;
    }
  }

  /** What the coordinator sends to itself. */
  private record Alarm(JobId job, JobEvent event) {}

  /**
   * @param address where it will be registered, for messages to itself
   * @param network to workers and clients
   * @param journal where decisions are written down
   */
  public Coordinator(String address, Network network, Journal journal) {
    this.address = address;
    this.network = network;
    this.journal = journal;
  }

  @Override
  public void handle(Object message) {
    if (message instanceof FromWorker fromWorker) {
      reported(fromWorker.worker(), fromWorker.event());
    } else if (message instanceof ClientRequest request) {
      requested(request);
    } else if (message instanceof Alarm alarm) {
      happened(alarm.job(), alarm.event());
    } else if (message instanceof WorkerRegistered registered) {
      registered(registered.worker());
    } else {
      throw new IllegalArgumentException("the coordinator does not understand " + message);
    }
  }

  private void registered(String worker) {
    workers.add(worker);
    for (JobId job : List.copyOf(jobs.keySet())) {
      happened(job, new JobEvent.WorkersKnown(List.copyOf(workers)));
    }
  }

  private void requested(ClientRequest request) {
    if (request instanceof ClientRequest.Submit submit) {
      submitted(submit.spec());
    } else if (request instanceof ClientRequest.Cancel cancel) {
      happened(cancel.job(), new JobEvent.CancelRequested());
    } else if (request instanceof ClientRequest.QueryMetrics query) {
      metricsQueried(query.job(), query.request());
    } else {
      throw new IllegalArgumentException("not a request: " + request);
    }
  }

  private void submitted(JobSpec spec) {
    if (jobs.putIfAbsent(spec.id(), new Job(JobState.submitted(spec))) != null) {
      throw new IllegalArgumentException("there is a job " + spec.id() + " already");
    }
    happened(spec.id(), new JobEvent.WorkersKnown(List.copyOf(workers)));
  }

  private void reported(String worker, WorkerEvent event) {
    Job job = jobs.get(event.job());
    if (job == null) {
      LOG.debug("job {} is over: dropped {}", event.job(), event.getClass().getSimpleName());
      return;
    }
    // Before the event may end the job: its end is told with these metrics.
    if (event instanceof WorkerEvent.Metrics metrics) {
      job.metrics
          .answered(worker, metrics.request(), metrics.metrics())
          .ifPresent(purpose -> fulfil(job, purpose));
    } else if (event instanceof WorkerEvent.JobStopped stopped) {
      job.metrics.stopped(worker, stopped.metrics()).forEach(purpose -> fulfil(job, purpose));
    } else if (event instanceof WorkerEvent.TaskFailed failed
        && job.state.phase() == JobPhase.STOPPING) {
      LOG.debug("job {} is stopping: suppressed {}", event.job(), failed.failure());
    }
    happened(event.job(), new JobEvent.Reported(worker, event));
  }

  /** Decides, writes, acts, tells. */
  private void happened(JobId id, JobEvent event) {
    Job job = jobs.get(id);
    if (job == null) {
      LOG.debug("job {} is over: dropped {}", id, event);
      return;
    }
    JobState before = job.state;
    Decision decision = decide(before, event);
    JobState after = decision.next();
    if (!after.equals(before) || !decision.actions().isEmpty()) {
      journal.append(
          new JournalEntry(id, event, before.phase(), after.phase(), decision.actions()));
    }
    job.state = after;
    decision.actions().forEach(action -> act(job, action));
    if (after.phase() != before.phase()) {
      tellClient(job);
    }
  }

  /** A bug in the rules ends the job that has met it; the others go on. */
  private static Decision decide(JobState now, JobEvent event) {
    try {
      return JobLifecycle.decide(now, event);
    } catch (RuntimeException e) {
      LOG.error("job {} in phase {} cannot handle {}", now.spec().id(), now.phase(), event, e);
      return JobLifecycle.fail(now, e);
    }
  }

  private void act(Job job, JobAction action) {
    if (action instanceof Tell tell) {
      network.send(tell.worker(), tell.command());
    } else if (action instanceof Schedule schedule) {
      network.sendLater(
          address, new Alarm(job.state.spec().id(), schedule.event()), schedule.delayMs());
    } else if (action instanceof CommitMetrics) {
      askForMetrics(job, new JobMetrics.Purpose.Commit());
    } else if (action instanceof Warn warn) {
      LOG.warn("{}", warn.message());
    } else {
      throw new IllegalArgumentException("not an action: " + action);
    }
  }

  private void tellClient(Job job) {
    JobState state = job.state;
    JobId id = state.spec().id();
    if (!state.phase().isTerminal()) {
      network.send(state.spec().client(), new JobUpdate.Advanced(id, state.phase()));
      return;
    }
    if (state.phase() == JobPhase.DONE) {
      job.metrics.commit();
    }
    jobs.remove(id);
    network.send(
        state.spec().client(),
        new JobUpdate.Ended(
            id, state.phase(), state.ending().flatMap(Ending::failure), job.metrics.values()));
  }

  // Metrics.

  private void metricsQueried(JobId id, long request) {
    Job job = jobs.get(id);
    if (job == null) {
      LOG.debug("job {} is over: its client has been told its metrics", id);
      return;
    }
    askForMetrics(job, new JobMetrics.Purpose.Answer(request));
  }

  private void askForMetrics(Job job, JobMetrics.Purpose purpose) {
    Set<String> asked = workersWithMetrics(job.state);
    if (asked.isEmpty()) {
      fulfil(job, purpose);
      return;
    }
    JobId id = job.state.spec().id();
    long round = job.metrics.begin(purpose, asked);
    asked.forEach(worker -> network.send(worker, new WorkerCommand.ReportMetrics(id, round)));
  }

  /** Those that run tasks of the job and have not said their last word. */
  private static Set<String> workersWithMetrics(JobState state) {
    return switch (state.phase()) {
      case SUBMITTED, SPLITTING -> Set.of();
      case RUNNING, COMPLETING -> state.involved();
      case STOPPING -> state.ending().orElseThrow().missing();
      case DONE, FAILED, CANCELLED -> Set.of();
    };
  }

  private void fulfil(Job job, JobMetrics.Purpose purpose) {
    if (purpose instanceof JobMetrics.Purpose.Answer answer) {
      JobSpec spec = job.state.spec();
      network.send(
          spec.client(), new JobUpdate.Metrics(spec.id(), answer.request(), job.metrics.values()));
    } else {
      job.metrics.commit();
    }
  }
}
