package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.ClientRequest.Cancel;
import dev.sluice.protocol.ClientRequest.QueryMetrics;
import dev.sluice.protocol.ClientRequest.Submit;
import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.Heartbeat;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.protocol.WorkerRegistered;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.state.storage.TaskSnapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

/** A coordinator driven by hand: the test is its workers, its client and its network. */
class CoordinatorTest {
  private static final String W = "w1";
  private static final String SELF = "coordinator";
  private static final JobUpdate ACCEPTED = new JobUpdate.Accepted(Jobs.ID, List.of("it begins"));
  private static final MetricName RECORDS = MetricName.named("test", "records");

  private final RecordingNetwork network = new RecordingNetwork();
  private final Map<JobId, JobSpec> submitted = new HashMap<>();
  private final List<JournalEntry> journal = new ArrayList<>();
  private final List<Integer> sentWhenJournalled = new ArrayList<>();
  private final Coordinator coordinator =
      new Coordinator(
          Jobs.leadership(SELF),
          network,
          entry -> {
            journal.add(entry);
            sentWhenJournalled.add(network.sentSoFar());
          },
          (lane, work) -> work.run(),
          this::take,
          Exceptions.NOT_KEPT);

  /** What becomes of a job that is submitted: the one of the tests that has its id. */
  private Intake.Taken take(Submission submission) {
    JobSpec known = submitted.get(submission.id());
    if (known == null) {
      throw new IllegalArgumentException("nobody has claimed " + submission.name());
    }
    return new Intake.Taken(known, List.of("it begins"));
  }

  @Test
  void aJobWaitsForAWorker() {
    submit(Jobs.bounded());
    assertThat(network.takeTo(Jobs.CLIENT)).containsExactly(ACCEPTED);

    says(W, new WorkerRegistered(W));

    assertThat(network.takeTo(W)).singleElement().isInstanceOf(WorkerCommand.Deploy.class);
  }

  @Test
  void aJobGoesAsAWholeToTheWorkerWithTheLeastToDo() {
    says(W, new WorkerRegistered(W));
    says("w2", new WorkerRegistered("w2"));
    List<TaskId> all = List.of(Jobs.task("s1", 0), Jobs.task("s2", 0), Jobs.task("s2", 1));
    assertThat(deployedFor("job-0", W)).containsAll(all);
    assertThat(deployedFor("job-1", "w2")).containsAll(all);
    assertThat(deployedFor("job-2", W)).containsAll(all);
  }

  private List<TaskId> deployedFor(String job, String worker) {
    submit(Jobs.named(new JobId(job), Jobs.bounded()));
    return ((WorkerCommand.Deploy) network.takeTo(worker).get(0)).tasks();
  }

  @Test
  void aDecisionIsWrittenBeforeItIsActedOn() {
    start(Jobs.bounded());

    assertThat(journal)
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.job()).isEqualTo(Jobs.ID);
              assertThat(entry.from()).isEqualTo(JobPhase.SUBMITTED);
              assertThat(entry.to()).isEqualTo(JobPhase.RUNNING);
              assertThat(entry.actions().toString()).contains("Deploy");
            });
    assertThat(sentWhenJournalled).as("that it is accepted").containsExactly(1);
  }

  @Test
  void aDecisionThatCannotBeCarriedOutEndsItsJob() {
    Coordinator unlucky =
        new Coordinator(
            Jobs.leadership(SELF),
            network,
            entry -> {
              if (entry.to() == JobPhase.RUNNING) {
                throw new NoClassDefFoundError("com/example/Missing");
              }
            },
            (lane, work) -> work.run(),
            submission -> new Intake.Taken(Jobs.bounded(), List.of()),
            Exceptions.NOT_KEPT);
    unlucky.handle(Jobs.said(W, 0, new WorkerRegistered(W)));
    unlucky.handle(Jobs.said(Jobs.CLIENT, 0, new Submit(Jobs.bounded().submission())));
    unlucky.handle(network.takeTo(SELF).get(0));

    JobUpdate.Ended ended =
        network.takeTo(Jobs.CLIENT).stream()
            .filter(JobUpdate.Ended.class::isInstance)
            .map(JobUpdate.Ended.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(ended.phase()).isEqualTo(JobPhase.FAILED);
    assertThat(ended.failure().orElseThrow().message()).contains("com/example/Missing");
  }

  @Test
  void theWorkerIsToldEverythingAboutAJob() {
    JobSpec job = Jobs.reading();
    start(job);
    WorkerCommand.SplitSources split = (WorkerCommand.SplitSources) network.takeTo(W).get(0);
    assertThat(split.tasks()).isEqualTo(2);
    assertThat(split.program()).isEqualTo(job.submission().program());

    Map<String, List<SourceSplit>> splits = Map.of("read", List.of());
    tell(new WorkerEvent.SourcesSplit(Jobs.ID, splits, MetricBytes.NONE));

    WorkerCommand.Deploy deploy = (WorkerCommand.Deploy) network.takeTo(W).get(0);
    assertThat(deploy.program()).isEqualTo(job.submission().program());
    assertThat(deploy.splits()).isEqualTo(splits);
    assertThat(deploy.parallelism()).isEqualTo(2);
    assertThat(deploy.manualClock()).isFalse();
    assertThat(deploy.tasks())
        .containsExactly(
            Jobs.task("s1", 0), Jobs.task("s2", 0), Jobs.task("s1", 1), Jobs.task("s2", 1));
  }

  @Test
  void theClientIsToldOfEachPhaseAndOfTheEndWithTheLastMetrics() {
    start(Jobs.bounded());
    assertThat(network.takeTo(Jobs.CLIENT))
        .containsExactly(ACCEPTED, new JobUpdate.Advanced(Jobs.ID, JobPhase.RUNNING));

    finishAll(Jobs.bounded());
    assertThat(network.takeTo(Jobs.CLIENT))
        .containsExactly(
            new JobUpdate.Advanced(Jobs.ID, JobPhase.COMPLETING),
            new JobUpdate.Advanced(Jobs.ID, JobPhase.STOPPING));

    tell(new WorkerEvent.JobStopped(Jobs.ID, counted(12)));

    JobUpdate.Ended ended = (JobUpdate.Ended) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(ended.phase()).isEqualTo(JobPhase.DONE);
    assertThat(ended.failure()).isEmpty();
    assertThat(records(ended.metrics().attempted())).isEqualTo(12);
    assertThat(records(ended.metrics().committed())).isEqualTo(12);
  }

  @Test
  void aFailureEndsWithWhatWasCommittedBefore() {
    start(Jobs.bounded());
    tell(new WorkerEvent.TaskFailed(Jobs.ID, Jobs.failure("boom")));
    network.take();
    tell(new WorkerEvent.JobStopped(Jobs.ID, counted(12)));

    JobUpdate.Ended ended = (JobUpdate.Ended) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(ended.phase()).isEqualTo(JobPhase.FAILED);
    assertThat(ended.failure().orElseThrow().message()).isEqualTo("boom");
    assertThat(records(ended.metrics().attempted())).isEqualTo(12);
    assertThat(records(ended.metrics().committed())).isZero();
  }

  @Test
  void aCompletedCheckpointCommitsTheMetrics() {
    start(Jobs.reading());
    tell(new WorkerEvent.SourcesSplit(Jobs.ID, Map.of(), MetricBytes.NONE));
    Object due = delayed(10_000);
    coordinator.handle(due);
    acknowledgeAllCounting(Jobs.reading(), 5);
    network.take();

    says(Jobs.CLIENT, new QueryMetrics(Jobs.ID, 77));
    WorkerCommand.ReportMetrics report = (WorkerCommand.ReportMetrics) network.takeTo(W).get(0);
    tell(new WorkerEvent.Metrics(Jobs.ID, report.request(), counted(9)));

    JobUpdate.Metrics answer = (JobUpdate.Metrics) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(answer.request()).isEqualTo(77);
    assertThat(records(answer.values().attempted())).isEqualTo(9);
    assertThat(records(answer.values().committed())).isEqualTo(5);
  }

  @Test
  void metricsOfAJobThatHasNoTasksYetAreAnsweredAtOnce() {
    submit(Jobs.bounded());
    says(Jobs.CLIENT, new QueryMetrics(Jobs.ID, 1));

    assertThat(network.takeTo(Jobs.CLIENT)).hasSize(2).last().isInstanceOf(JobUpdate.Metrics.class);
  }

  @Test
  void metricsAskedForWhileTheJobEndsAreAnsweredByItsLastWord() {
    start(Jobs.bounded());
    says(Jobs.CLIENT, new QueryMetrics(Jobs.ID, 1));
    says(Jobs.CLIENT, new Cancel(Jobs.ID));
    network.take();

    tell(new WorkerEvent.JobStopped(Jobs.ID, counted(3)));

    List<Object> told = network.takeTo(Jobs.CLIENT);
    assertThat(told).hasSize(2);
    assertThat(records(((JobUpdate.Metrics) told.get(0)).values().attempted())).isEqualTo(3);
    assertThat(((JobUpdate.Ended) told.get(1)).phase()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void ofAJobThatHasEndedNothingIsKept() {
    submit(Jobs.bounded());
    says(Jobs.CLIENT, new Cancel(Jobs.ID));
    network.take();

    says(Jobs.CLIENT, new Cancel(Jobs.ID));
    says(Jobs.CLIENT, new QueryMetrics(Jobs.ID, 1));
    tell(new WorkerEvent.TaskFinished(Jobs.ID, Jobs.task("s1", 0)));
    assertThat(network.take()).isEmpty();

    start(Jobs.bounded());
    assertThat(network.takeTo(Jobs.CLIENT))
        .containsExactly(ACCEPTED, new JobUpdate.Advanced(Jobs.ID, JobPhase.RUNNING));
  }

  @Test
  void anEventThatBreaksTheRulesFailsItsJobAlone() {
    start(Jobs.bounded());
    tell(new WorkerEvent.QuiescenceWanted(Jobs.ID, Jobs.task("s9", 0)));
    tell(new WorkerEvent.Quiet(Jobs.ID, 1, 0, 0, 0));
    network.take();
    tell(new WorkerEvent.Quiet(Jobs.ID, 2, 0, 0, 0));
    assertThat(network.takeTo(W)).containsExactly(new WorkerCommand.Stop(Jobs.ID));
    tell(new WorkerEvent.JobStopped(Jobs.ID, counted(1)));

    JobUpdate.Ended ended = (JobUpdate.Ended) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(ended.phase()).isEqualTo(JobPhase.FAILED);
    assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.ENGINE_BUG);
    assertThat(ended.failure().orElseThrow().message()).contains("s9/0");
  }

  /** Before, the client waited for ever. */
  @Test
  void aSecondJobOfOneIdIsRefusedAndItsClientToldSo() {
    start(Jobs.bounded());
    network.take();
    submit(Jobs.bounded());

    JobUpdate.Refused refused = (JobUpdate.Refused) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(refused.failure().message()).contains("there is a job job-1 already");

    finishAll(Jobs.bounded());
    assertThat(network.takeTo(Jobs.CLIENT))
        .as("the first one goes on")
        .contains(new JobUpdate.Advanced(Jobs.ID, JobPhase.COMPLETING));
  }

  @Test
  void aJobThatCannotBeTakenInIsRefusedAndNothingOfItKept() {
    JobSpec job = Jobs.bounded();
    says(Jobs.CLIENT, new Submit(job.submission()));
    coordinator.handle(network.takeTo(SELF).get(0));

    JobUpdate.Refused refused = (JobUpdate.Refused) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(refused.failure().kind()).isEqualTo(FailureKind.BAD_PIPELINE);
    assertThat(refused.failure().message()).contains("nobody has claimed job");

    submit(job);
    assertThat(network.takeTo(Jobs.CLIENT)).containsExactly(ACCEPTED);
  }

  @Test
  void whatAClientAsksForWhileItsJobIsTakenInIsDoneThen() {
    submitted.put(Jobs.ID, Jobs.bounded());
    says(Jobs.CLIENT, new Submit(Jobs.bounded().submission()));
    Object takenIn = network.takeTo(SELF).get(0);
    says(Jobs.CLIENT, new Cancel(Jobs.ID));
    assertThat(network.take()).isEmpty();

    coordinator.handle(takenIn);
    List<Object> told = network.takeTo(Jobs.CLIENT);
    assertThat(told.get(0)).isEqualTo(ACCEPTED);
    assertThat(((JobUpdate.Ended) told.get(told.size() - 1)).phase()).isEqualTo(JobPhase.CANCELLED);
  }

  @Test
  void ofAnotherClusterOrAnotherLeaderNothingIsHeard() {
    start(Jobs.bounded());
    network.take();
    WorkerEvent failed = new WorkerEvent.TaskFailed(Jobs.ID, Jobs.failure("boom"));

    coordinator.handle(new Envelope("elsewhere", 1, 1, W, failed));
    coordinator.handle(new Envelope("test", 2, 1, W, failed));
    assertThat(network.take()).isEmpty();

    coordinator.handle(new Envelope("test", 1, 1, W, failed));
    assertThat(network.takeTo(W)).containsExactly(new WorkerCommand.Stop(Jobs.ID));
  }

  @Test
  void aStrangeMessageIsABug() {
    assertThatThrownBy(() -> coordinator.handle("hello")).hasMessageContaining("hello");
  }

  @Test
  void aWorkerThatIsSilentForTenSecondsIsGivenUpAndWelcomeAgain() {
    start(Jobs.durable(new MemoryLedger()));
    tell(new WorkerEvent.SourcesSplit(Jobs.ID, Map.of("read", List.of()), MetricBytes.NONE));
    tick(10);
    says(W, new Heartbeat(W));
    tick(10);
    Object eleventh = delayed(Heartbeat.INTERVAL_MS);
    coordinator.handle(eleventh);

    List<RecordingNetwork.Sent> sent = network.take();
    assertThat(sent.stream().map(RecordingNetwork.Sent::content))
        .contains(new JobUpdate.Advanced(Jobs.ID, JobPhase.RESTARTING));
    Object restart =
        sent.stream()
            .filter(s -> s.to().equals(SELF) && s.delayMs() == 100)
            .findFirst()
            .orElseThrow()
            .message();
    coordinator.handle(restart);
    assertThat(network.takeTo(W)).as("there is no worker").isEmpty();

    says(W, new Heartbeat(W));
    assertThat(network.takeTo(W)).singleElement().isInstanceOf(WorkerCommand.Deploy.class);
  }

  @Test
  void whatIsStoredInAnIoLaneComesBackAsAMessage() {
    MemoryLedger ledger = new MemoryLedger();
    JobSpec job = Jobs.durable(ledger);
    start(job);
    tell(new WorkerEvent.SourcesSplit(Jobs.ID, Map.of("read", List.of()), MetricBytes.NONE));
    coordinator.handle(delayed(10_000));
    network.take();
    acknowledgeAll(job, 1);
    assertThat(ledger.stored).hasSize(1);

    List<RecordingNetwork.Sent> sent = network.take();
    assertThat(sent).as("only the coordinator knows yet").allMatch(s -> s.to().equals(SELF));
    sent.forEach(s -> coordinator.handle(s.message()));
    assertThat(network.takeTo(W)).containsExactly(new WorkerCommand.CompleteCheckpoint(Jobs.ID, 1));
  }

  private void tick(int times) {
    for (int i = 0; i < times; i++) {
      coordinator.handle(delayed(Heartbeat.INTERVAL_MS));
    }
  }

  @Test
  void aWorkerThatRegistersAgainHasLostWhatItRan() {
    start(Jobs.durable(new MemoryLedger()));
    tell(new WorkerEvent.SourcesSplit(Jobs.ID, Map.of("read", List.of()), MetricBytes.NONE));
    network.take();
    says(W, new WorkerRegistered(W));
    assertThat(network.takeTo(Jobs.CLIENT))
        .contains(new JobUpdate.Advanced(Jobs.ID, JobPhase.RESTARTING));
  }

  @Test
  void aWorkerThatIsLostWhenItsJobIsDoneHasCountedWhatTheLastCheckpointHas() {
    stopCounting(5);

    says(W, new WorkerRegistered(W));

    assertDoneCounting(5);
  }

  @Test
  void aWorkerThatIsNewWhenItsJobIsDoneHasCountedNothing() {
    stopCounting(5);

    coordinator.handle(
        Jobs.said(W, Envelope.BEFORE_ANY, new WorkerEvent.JobStopped(Jobs.ID, MetricBytes.NONE)));

    assertDoneCounting(5);
  }

  /** A job has done its work, and its worker is to stop it. */
  private void stopCounting(long counted) {
    start(Jobs.bounded());
    for (TaskId task : tasks(Jobs.bounded())) {
      tell(new WorkerEvent.TaskFinished(Jobs.ID, task));
    }
    acknowledgeAllCounting(Jobs.bounded(), counted);
    tell(new WorkerEvent.CheckpointReleased(Jobs.ID, 1));
    network.take();
  }

  private void assertDoneCounting(long counted) {
    JobUpdate.Ended ended = (JobUpdate.Ended) network.takeTo(Jobs.CLIENT).get(0);
    assertThat(ended.phase()).isEqualTo(JobPhase.DONE);
    assertThat(records(ended.metrics().attempted())).isEqualTo(counted);
    assertThat(records(ended.metrics().committed())).isEqualTo(counted);
  }

  // What the workers do.

  private void start(JobSpec job) {
    says(W, new WorkerRegistered(W));
    submit(job);
  }

  /** Has a job taken in. */
  private void submit(JobSpec job) {
    submitted.put(job.id(), job);
    says(Jobs.CLIENT, new Submit(job.submission()));
    network.passOn(SELF, coordinator);
  }

  private void says(String who, Content content) {
    coordinator.handle(Jobs.said(who, Envelope.BEFORE_ANY, content));
  }

  private void tell(WorkerEvent event) {
    int attempt = event instanceof WorkerEvent.SourcesSplit ? Envelope.BEFORE_ANY : 1;
    coordinator.handle(Jobs.said(W, attempt, event));
  }

  private void finishAll(JobSpec job) {
    for (TaskId task : tasks(job)) {
      tell(new WorkerEvent.TaskFinished(Jobs.ID, task));
    }
    acknowledgeAll(job, 1);
    tell(new WorkerEvent.CheckpointReleased(Jobs.ID, 1));
  }

  /** The first checkpoint, by whose barrier one task had counted so much and the others nothing. */
  private void acknowledgeAllCounting(JobSpec job, long counted) {
    for (TaskId task : tasks(job)) {
      long ofTask = task.equals(Jobs.task("s1", 0)) ? counted : 0;
      tell(
          new WorkerEvent.CheckpointAcknowledged(
              Jobs.ID, task, 1, TaskSnapshot.empty(), counted(ofTask)));
    }
  }

  private void acknowledgeAll(JobSpec job, long checkpoint) {
    for (TaskId task : tasks(job)) {
      tell(WorkerEvent.CheckpointAcknowledged.ofRelease(Jobs.ID, task, checkpoint));
    }
  }

  private static Iterable<TaskId> tasks(JobSpec job) {
    return Placement.of(job.graph(), 2, W).tasks();
  }

  /** What the coordinator has sent to itself with this delay. */
  private Object delayed(long delayMs) {
    return network.take().stream()
        .filter(sent -> sent.to().equals(SELF) && sent.delayMs() == delayMs)
        .findFirst()
        .orElseThrow()
        .message();
  }

  private static MetricBytes counted(long records) {
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    metrics.getContainer("step").getCounter(RECORDS).inc(records);
    return MetricBytes.of(metrics);
  }

  private static long records(MetricBytes metrics) {
    return metrics.read().getContainer("step").getCounter(RECORDS).getCumulative();
  }
}
