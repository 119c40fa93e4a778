package dev.sluice.testing.simulation;

import static dev.sluice.testing.simulation.ClusterStory.comesTo;
import static dev.sluice.testing.simulation.ClusterStory.does;
import static dev.sluice.testing.simulation.ClusterStory.isBecauseOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobAction;
import dev.sluice.coordinator.JobEvent;
import dev.sluice.protocol.JobPhase;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a job whose worker is lost, at each of the moments at which that matters. */
final class WorkerStoriesTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 10);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aCheckpointCountsIfTheWorkerDiesBetweenItsLastAcknowledgementAndItsStore(long seed) {
    try (ClusterStory story = new ClusterStory("acknowledged", seed)) {
      story.untilACheckpointIsStored();
      story.until(does(JobAction.Store.class));
      long acknowledged = story.source.marked.get(story.source.marked.size() - 1);

      story.cluster.coordinator().storageHangs(true);
      story.cluster.worker().crash();
      story.until(isBecauseOf(JobEvent.WorkerLost.class));
      story.cluster.coordinator().storageHangs(false);
      story.cluster.startWorker();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).containsExactly(0L, acknowledged);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aWorkerThatIsCutOffAndGivenUpDoesNotDoItsOldAttemptBesideTheNewOne(long seed) {
    try (ClusterStory story = new ClusterStory("cut off", seed)) {
      story.untilACheckpointIsStored();

      story.cluster.worker().cutOff();
      story.until(isBecauseOf(JobEvent.WorkerLost.class));
      assertThat(story.cluster.worker().tasks()).as("tasks of the old attempt").isNotEmpty();
      story.cluster.worker().reconnect();
      story.source.finish();

      story.cluster.until(
          () -> {
            assertThat(story.cluster.worker().tasks()).doesNotHaveDuplicates();
            return story.cluster.ended().isPresent();
          });
      story.awaitEachNumberOnce();
      assertThat(story.source.begun).hasSize(2);
      assertThat(story.cluster.worker().tasks()).as("tasks of either attempt").isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aJobThatLosesItsWorkerBeforeItsFirstCheckpointBeginsAgain(long seed) {
    try (ClusterStory story = new ClusterStory("before the first", seed)) {
      story.until(comesTo(JobPhase.RUNNING));
      story.until(() -> !story.source.begun.isEmpty());

      story.cluster.worker().crash();
      story.until(isBecauseOf(JobEvent.WorkerLost.class));
      story.cluster.startWorker();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).containsExactly(0L, 0L);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aJobThatLosesItsWorkerWhileItsSourcesAreSplitHasAnotherSplitThem(long seed) {
    try (ClusterStory story = new ClusterStory("splitting", seed)) {
      story.until(comesTo(JobPhase.SPLITTING));

      story.cluster.worker().crash();
      story.until(comesTo(JobPhase.SUBMITTED));
      story.cluster.startWorker();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).containsExactly(0L);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aJobWaitsForAWorkerWithoutEnding(long seed) {
    try (ClusterStory story = new ClusterStory("no worker", seed)) {
      story.untilACheckpointIsStored();

      story.cluster.worker().crash();
      story.until(isBecauseOf(JobEvent.RestartDue.class));
      long alone = story.simulation.elapsedMs();
      story.simulation.later(600_000, 600_000, story.cluster::startWorker);

      story.until(comesTo(JobPhase.RUNNING));
      assertThat(story.simulation.elapsedMs() - alone).isGreaterThanOrEqualTo(600_000);
      story.awaitEachNumberOnce();
    }
  }
}
