package dev.sluice.coordinator;

import dev.sluice.coordinator.JobAction.Answer;
import dev.sluice.coordinator.JobAction.BeginMetrics;
import dev.sluice.coordinator.JobAction.CloseLedger;
import dev.sluice.coordinator.JobAction.CommitMetrics;
import dev.sluice.coordinator.JobAction.FindEarlier;
import dev.sluice.coordinator.JobAction.Schedule;
import dev.sluice.coordinator.JobAction.Store;
import dev.sluice.coordinator.JobAction.Tell;
import dev.sluice.coordinator.JobAction.Warn;
import dev.sluice.coordinator.JobAction.WriteSavepoint;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.Heartbeat;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerRegistered;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.Io;
import dev.sluice.protocol.world.Network;
import dev.sluice.state.error.Thrown;
import java.util.ArrayList;
import java.util.Comparator;
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
 * acts, and then notifies the client. Always true: a job it knows is not terminal; of a job that
 * has ended nothing is kept, and messages about it are dropped. What may block is done in {@link
 * LedgerWork}'s lanes and comes back as a message.
 */
public final class Coordinator implements Network.Endpoint {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);

  private final Leadership leadership;
  private final Network network;
  private final Journal journal;
  private final Io io;
  private final Intake intake;
  private final Exceptions exceptions;
  private final LedgerWork ledgerWork;
  private final Set<String> workers = new LinkedHashSet<>();
  private final WorkerWatch watch = new WorkerWatch();
  private final Map<JobId, Job> jobs = new LinkedHashMap<>();

  /** Jobs that are being taken in, and what their clients have asked for since. */
  private final Map<JobId, List<ClientRequest>> arriving = new LinkedHashMap<>();

  private boolean ticking;

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

  /** One more interval of a heartbeat has passed. */
  private record Tick() {}

  /** A job was taken in, or was refused. */
  private record TakenIn(Submission submission, Intake.Taken taken, Throwable refusal) {}

  /**
   * @param leadership what it is; its address is where it will be registered
   * @param network to workers and clients
   * @param journal where decisions are written down
   * @param io where checkpoints are stored
   * @param intake makes jobs of what is submitted
   * @param exceptions keeps what a refusal was, for a client in this process
   */
  public Coordinator(
      Leadership leadership,
      Network network,
      Journal journal,
      Io io,
      Intake intake,
      Exceptions exceptions) {
    this.leadership = leadership;
    this.network = network;
    this.journal = journal;
    this.io = io;
    this.intake = intake;
    this.exceptions = exceptions;
    this.ledgerWork =
        new LedgerWork(
            io, (job, event) -> network.post(leadership.address(), new Alarm(job, event)));
  }

  /** The lane in which the work of a job's ledger is done. */
  public static String ledgerLane(JobId job) {
    return "checkpoints:" + job;
  }

  @Override
  public void handle(Object message) {
    if (message instanceof Envelope envelope) {
      received(envelope);
    } else if (message instanceof Alarm alarm) {
      happened(alarm.job(), alarm.event());
    } else if (message instanceof Tick) {
      tick();
    } else if (message instanceof TakenIn taken) {
      takenIn(taken);
    } else {
      throw new IllegalArgumentException("the coordinator does not understand " + message);
    }
  }

  private void received(Envelope envelope) {
    Content content = envelope.content();
    if (!leadership.isMeantBy(envelope)) {
      LOG.debug("{} does not mean {}: dropped", envelope, leadership);
    } else if (content instanceof WorkerEvent event) {
      reported(new JobEvent.Reported(envelope.from(), envelope.attempt(), event));
    } else if (content instanceof ClientRequest request) {
      requested(request);
    } else if (content instanceof WorkerRegistered registered) {
      registered(registered.worker());
    } else if (content instanceof Heartbeat heartbeat) {
      heard(heartbeat.worker());
    } else {
      throw new IllegalArgumentException("the coordinator does not understand " + envelope);
    }
  }

  // Workers.

  private void registered(String worker) {
    if (workers.contains(worker)) {
      // Another process under its name: what it ran is gone.
      lost(worker, "has started anew");
    }
    heard(worker);
  }

  private void known(String worker) {
    if (workers.add(worker)) {
      for (JobId job : List.copyOf(jobs.keySet())) {
        happened(job, new JobEvent.WorkersKnown(workersByLoad()));
      }
    }
  }

  /** The workers, those with the fewest tasks first, and among equals the one known for longest. */
  private List<String> workersByLoad() {
    Map<String, Integer> tasks = new LinkedHashMap<>();
    workers.forEach(worker -> tasks.put(worker, 0));
    for (Job job : jobs.values()) {
      Deployment deployment = job.state.deployment();
      deployment
          .placement()
          .tasksByWorker()
          .forEach(
              (worker, placed) -> {
                if (deployment.involved().contains(worker)) {
                  tasks.computeIfPresent(worker, (w, count) -> count + placed.size());
                }
              });
    }
    return workers.stream().sorted(Comparator.comparing(tasks::get)).toList();
  }

  private void heard(String worker) {
    watch.heardOf(worker);
    // One that was taken for lost is back.
    known(worker);
    tickIfNeeded();
  }

  /** Ticks only while there is a job, so that a cluster without one has nothing to do. */
  private void tickIfNeeded() {
    if (!ticking && watch.isWatching() && !jobs.isEmpty()) {
      ticking = true;
      watch.restart();
      network.postLater(leadership.address(), new Tick(), Heartbeat.INTERVAL_MS);
    }
  }

  private void tick() {
    ticking = false;
    if (jobs.isEmpty()) {
      return;
    }
    for (String worker : watch.tick()) {
      lost(worker, "has not been heard of for %d s".formatted(WorkerWatch.LIMIT_MS / 1000));
    }
    if (watch.isWatching() && !jobs.isEmpty()) {
      ticking = true;
      network.postLater(leadership.address(), new Tick(), Heartbeat.INTERVAL_MS);
    }
  }

  private void lost(String worker, String why) {
    LOG.warn("worker {} {}: what it ran is abandoned", worker, why);
    workers.remove(worker);
    for (JobId id : List.copyOf(jobs.keySet())) {
      Job job = jobs.get(id);
      if (workersWithMetrics(job.state).contains(worker)) {
        job.metrics.lost(worker).forEach(request -> answerMetrics(job, request));
      }
      happened(id, new JobEvent.WorkerLost(worker, why));
    }
  }

  // Clients.

  private void requested(ClientRequest request) {
    if (request instanceof ClientRequest.Submit submit) {
      submitted(submit.submission());
      return;
    }
    List<ClientRequest> later = arriving.get(request.job());
    if (later != null) {
      later.add(request);
    } else if (request instanceof ClientRequest.Cancel cancel) {
      happened(cancel.job(), new JobEvent.CancelRequested());
    } else if (request instanceof ClientRequest.Drain drain) {
      happened(drain.job(), new JobEvent.DrainRequested());
    } else if (request instanceof ClientRequest.Savepoint savepoint) {
      happened(savepoint.job(), new JobEvent.SavepointWanted(savepoint.wanted()));
    } else if (request instanceof ClientRequest.QueryMetrics query) {
      metricsQueried(query.job(), query.request());
    } else {
      throw new IllegalArgumentException("not a request: " + request);
    }
  }

  private void submitted(Submission submission) {
    JobId id = submission.id();
    if (jobs.containsKey(id) || arriving.containsKey(id)) {
      refuse(
          submission,
          new IllegalArgumentException(
              "there is a job %s already: submit it under another id".formatted(id)));
      return;
    }
    arriving.put(id, new ArrayList<>());
    io.submit(ledgerLane(id), () -> network.post(leadership.address(), takeIn(submission)));
  }

  /** In the lane of the job. */
  private TakenIn takeIn(Submission submission) {
    try {
      return new TakenIn(submission, intake.take(submission), null);
    } catch (Throwable e) {
      return new TakenIn(submission, null, e);
    }
  }

  private void takenIn(TakenIn job) {
    JobId id = job.submission().id();
    List<ClientRequest> since = arriving.remove(id);
    if (job.refusal() != null) {
      refuse(job.submission(), job.refusal());
      return;
    }
    jobs.put(id, new Job(JobState.submitted(job.taken().spec())));
    tell(
        job.submission().client(),
        Envelope.BEFORE_ANY,
        new JobUpdate.Accepted(id, job.taken().beginnings()));
    since.forEach(this::requested);
    happened(id, new JobEvent.WorkersKnown(workersByLoad()));
    tickIfNeeded();
  }

  private void refuse(Submission submission, Throwable why) {
    LOG.debug("job {} is refused", submission.id(), Thrown.printable(why));
    Failure failure =
        Failure.of(FailureKind.BAD_PIPELINE, "", submission.id().value(), why, exceptions);
    tell(submission.client(), Envelope.BEFORE_ANY, new JobUpdate.Refused(submission.id(), failure));
  }

  private void tell(String to, int attempt, Content content) {
    network.send(to, leadership.say(attempt, content));
  }

  private void reported(JobEvent.Reported report) {
    WorkerEvent event = report.event();
    Job job = jobs.get(event.job());
    if (job == null) {
      LOG.debug("job {} is over: dropped {}", event.job(), event.getClass().getSimpleName());
      return;
    }
    if (!JobLifecycle.isOfThisAttempt(job.state, report)) {
      LOG.debug("job {} is at attempt {}: dropped {}", event.job(), job.state.attempt(), report);
      return;
    }
    // Before the event may end the job: its end is reported with these metrics.
    if (event instanceof WorkerEvent.Metrics metrics) {
      job.metrics
          .answered(report.worker(), metrics.request(), metrics.metrics())
          .forEach(request -> answerMetrics(job, request));
    } else if (event instanceof WorkerEvent.JobStopped stopped) {
      lastWord(job, report, stopped).forEach(request -> answerMetrics(job, request));
    } else if (event instanceof WorkerEvent.TaskFailed failed && !job.state.isAtWork()) {
      LOG.debug("job {} is {}: suppressed {}", event.job(), job.state.phase(), failed.failure());
    }
    happened(event.job(), report);
  }

  /** A worker that has nothing of the attempt any more says nothing of what it had counted. */
  private static List<Long> lastWord(
      Job job, JobEvent.Reported report, WorkerEvent.JobStopped stopped) {
    if (report.attempt() == job.state.attempt()) {
      return job.metrics.stopped(report.worker(), stopped.metrics());
    }
    return job.state.isAtWork() ? List.of() : job.metrics.lost(report.worker());
  }

  // Decisions.

  /** Decides, writes, acts, notifies. */
  private void happened(JobId id, JobEvent event) {
    Job job = jobs.get(id);
    if (job == null) {
      LOG.debug("job {} is over: dropped {}", id, event);
      return;
    }
    Decision decision = decide(job.state, event);
    try {
      carryOut(job, event, decision);
    } catch (Throwable e) {
      // What was not said may be waited for for ever, so the job ends.
      Throwable bug = Thrown.printable(e);
      LOG.error("job {}: what {} came to cannot be carried out", id, event, bug);
      if (job.state.phase().isTerminal()) {
        tellPhase(job);
      } else {
        carryOut(job, event, JobLifecycle.fail(job.state, bug));
      }
    }
  }

  private void carryOut(Job job, JobEvent event, Decision decision) {
    JobState before = job.state;
    JobState after = decision.next();
    JobId id = after.spec().id();
    if (isAnother(after, before) || !decision.actions().isEmpty()) {
      journal.append(
          new JournalEntry(id, event, before.phase(), after.phase(), decision.actions()));
    }
    job.state = after;
    decision.actions().forEach(action -> act(job, action));
    if (after.phase() != before.phase()) {
      tellPhase(job);
    }
  }

  /** A new state is made when something changes; equality would look at every metric in it. */
  @SuppressWarnings("ReferenceEquality")
  private static boolean isAnother(JobState after, JobState before) {
    return after != before;
  }

  /** A bug in the rules ends the job that has met it; the others are not affected. */
  private static Decision decide(JobState now, JobEvent event) {
    try {
      return JobLifecycle.decide(now, event);
    } catch (Throwable e) {
      Throwable bug = Thrown.printable(e);
      LOG.error("job {} in phase {} cannot handle {}", now.spec().id(), now.phase(), event, bug);
      return JobLifecycle.fail(now, bug);
    }
  }

  private void act(Job job, JobAction action) {
    JobId id = job.state.spec().id();
    if (action instanceof Tell tell) {
      tell(tell.worker(), job.state.attempt(), tell.command());
    } else if (action instanceof Schedule schedule) {
      network.postLater(leadership.address(), new Alarm(id, schedule.event()), schedule.delayMs());
    } else if (action instanceof Answer answer) {
      tellClient(job, answer.update());
    } else if (action instanceof BeginMetrics begin) {
      job.metrics.beginAttempt(begin.base()).forEach(request -> answerMetrics(job, request));
    } else if (action instanceof CommitMetrics commit) {
      job.metrics.commit(commit.committed());
    } else if (action instanceof Warn warn) {
      LOG.warn("{}{}", warn.message(), warn.stackTrace().isEmpty() ? "" : "\n" + warn.stackTrace());
    } else {
      actOnLedger(id, job.state.spec().durability().orElseThrow().ledger(), action);
    }
  }

  private void actOnLedger(JobId id, CheckpointLedger ledger, JobAction action) {
    if (action instanceof Store store) {
      ledgerWork.store(id, ledger, store);
    } else if (action instanceof WriteSavepoint write) {
      ledgerWork.writeSavepoint(id, ledger, write);
    } else if (action instanceof FindEarlier find) {
      ledgerWork.findEarlier(id, ledger, find);
    } else if (action instanceof CloseLedger close) {
      ledgerWork.close(id, ledger, close);
    } else {
      throw new IllegalArgumentException("not an action: " + action);
    }
  }

  private void tellPhase(Job job) {
    JobState state = job.state;
    JobId id = state.spec().id();
    if (!state.phase().isTerminal()) {
      tellClient(job, new JobUpdate.Advanced(id, state.phase()));
      return;
    }
    if (state.phase() == JobPhase.DONE) {
      job.metrics.commitAll();
    }
    jobs.remove(id);
    tellClient(
        job,
        new JobUpdate.Ended(
            id, state.phase(), state.ending().flatMap(Ending::failure), job.metrics.values()));
  }

  private void tellClient(Job job, JobUpdate update) {
    tell(job.state.spec().client(), job.state.attempt(), update);
  }

  // Metrics.

  private void metricsQueried(JobId id, long request) {
    Job job = jobs.get(id);
    if (job == null) {
      LOG.debug("job {} is over: its client has got its metrics", id);
      return;
    }
    Set<String> asked = workersWithMetrics(job.state);
    if (asked.isEmpty()) {
      answerMetrics(job, request);
      return;
    }
    long round = job.metrics.begin(request, asked);
    asked.forEach(
        worker -> tell(worker, job.state.attempt(), new WorkerCommand.ReportMetrics(id, round)));
  }

  /** Those that run tasks of the job and have not said their last word. */
  private static Set<String> workersWithMetrics(JobState state) {
    return switch (state.phase()) {
      case SUBMITTED, SPLITTING, RESTARTING, DONE, FAILED, CANCELLED -> Set.of();
      case RUNNING, COMPLETING -> state.involved();
      case STOPPING -> state.ending().orElseThrow().missing();
    };
  }

  private void answerMetrics(Job job, long request) {
    JobSpec spec = job.state.spec();
    tellClient(job, new JobUpdate.Metrics(spec.id(), request, job.metrics.values()));
  }
}
