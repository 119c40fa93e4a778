package dev.sluice.testing.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobAction;
import dev.sluice.coordinator.JobEvent;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.ClientRequest;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.runner.SluiceRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ParDo;

/**
 * One job on a simulated cluster that a test drives from one named situation to the next; what is
 * between them is in the order of a seed.
 *
 * <p>The job reads {@link Numbers} for as long as the story goes on, hands them to a transform that
 * wants stable input and remembers, outside of the cluster, what it has seen ({@link Witness}), and
 * gathers them by key. Owned by the test's thread.
 */
final class ClusterStory implements AutoCloseable {
  /** As many checkpoints in a row may fail. */
  static final int TOLERATED_FAILURES = 3;

  /** As often a transform may fail without a checkpoint in between, before the job does. */
  static final int RESTART_ATTEMPTS = 3;

  private static final long MOST_EVENTS = 500_000;
  private static final long SAVEPOINT = 7;
  private static final int TASKS = 2;

  final Simulation simulation;
  final SimulatedCluster cluster;
  final Numbers.Log source;
  private final String name;
  private final Story story = new Story(false);

  ClusterStory(String test, long seed) {
    this.name = test + " " + seed;
    this.simulation = Simulation.seed(seed, Simulation.Faults.NONE, story);
    this.cluster =
        new SimulatedCluster(simulation, SimulatedCluster.Trouble.NONE)
            .durable()
            .endingWithin(MOST_EVENTS)
            .with(
                tasks ->
                    new JobSettings(
                        tasks,
                        new JobSettings.Checkpoints(10, 600_000, TOLERATED_FAILURES),
                        RESTART_ATTEMPTS));
    this.source = Numbers.logOf(name);
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(SluiceRunner.class); // Beam wants one named, although the simulation runs it
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply("numbers", Read.from(new Numbers(name)))
        .apply("stable", ParDo.of(new Witness.StableFn(name, "stable")))
        .apply("sink", new Collected.Sink(name));
    cluster.submit(pipeline, TASKS);
  }

  @Override
  public void close() {
    Numbers.forget(name);
    Witness.forget(name);
    Collected.takeFrom(name);
  }

  // Situations.

  /** Lets things happen until the coordinator decides what is named; returns that. */
  JournalEntry until(Predicate<JournalEntry> decided) {
    List<JournalEntry> journal = cluster.journal();
    int before = journal.size();
    until(() -> journal.subList(before, journal.size()).stream().anyMatch(decided));
    return journal.subList(before, journal.size()).stream()
        .filter(decided)
        .findFirst()
        .orElseThrow();
  }

  /** Lets things happen until {@code done}, which must come before the end of the job. */
  void until(BooleanSupplier done) {
    cluster.until(() -> done.getAsBoolean() || cluster.ended().isPresent());
    if (!done.getAsBoolean()) {
      throw new AssertionError(
          "the job has ended: %s%n%s".formatted(cluster.ended().get(), story.ending()));
    }
  }

  static Predicate<JournalEntry> comesTo(JobPhase phase) {
    return entry -> entry.to() == phase && entry.from() != phase;
  }

  static Predicate<JournalEntry> isBecauseOf(Class<? extends JobEvent> event) {
    return entry -> event.isInstance(entry.event());
  }

  static Predicate<JournalEntry> does(Class<? extends JobAction> action) {
    return entry -> entry.actions().stream().anyMatch(action::isInstance);
  }

  static Predicate<JournalEntry> tells(Class<? extends WorkerCommand> command) {
    return entry ->
        entry.actions().stream()
            .anyMatch(
                action ->
                    action instanceof JobAction.Tell tell && command.isInstance(tell.command()));
  }

  /** A checkpoint is complete that has a mark of the source. */
  void untilACheckpointIsStored() {
    until(() -> !source.marked.isEmpty());
    until(isBecauseOf(JobEvent.CheckpointStored.class));
  }

  /** The storage has refused as many checkpoints. */
  void untilCheckpointsWereRefused(int times) {
    for (int i = 0; i < times; i++) {
      until(isBecauseOf(JobEvent.CheckpointNotStored.class));
    }
  }

  /** A task fails while it saves, as soon as the next barrier comes. */
  void untilATaskFailsAtABarrier() {
    source.failNextMarks(1);
    until(comesTo(JobPhase.RESTARTING));
  }

  // Requests.

  void cancel() {
    cluster.request(ClientRequest.Cancel::new);
  }

  void drain() {
    cluster.request(ClientRequest.Drain::new);
  }

  void savepoint(SavepointRequest.Then then) {
    cluster.request(
        job ->
            new ClientRequest.Savepoint(
                job, new SavepointRequest(SAVEPOINT, StorageLocation.of("there"), then)));
  }

  /** What the client was told of its savepoints, by the kinds of the answers. */
  List<String> answers() {
    return cluster.updates().stream()
        .filter(
            update ->
                update instanceof JobUpdate.SavepointDone
                    || update instanceof JobUpdate.SavepointFailed)
        .map(update -> update.getClass().getSimpleName())
        .toList();
  }

  // Ends.

  JobUpdate.Ended awaitEnd(JobPhase phase) {
    JobUpdate.Ended ended = cluster.awaitEnd();
    assertThat(ended.phase()).as("%s%n%s", ended.failure(), story.ending()).isEqualTo(phase);
    return ended;
  }

  /** The source ends, and so the job is done, and its sink has got each number once. */
  void awaitEachNumberOnce() {
    long numbers = source.finish();
    awaitEnd(JobPhase.DONE);
    assertThat(collected()).as(story.ending()).isEqualTo(Numbers.expected(numbers));
  }

  /** The same of a job that was drained: each of the numbers until then. */
  void awaitEachNumberOnceUntilDrained() {
    awaitEnd(JobPhase.DONE);
    List<String> collected = collected();
    assertThat(collected).isNotEmpty().isEqualTo(Numbers.expected(collected.size()));
  }

  private List<String> collected() {
    List<String> collected = new ArrayList<>(Collected.takeFrom(name));
    collected.sort(null);
    return collected;
  }
}
