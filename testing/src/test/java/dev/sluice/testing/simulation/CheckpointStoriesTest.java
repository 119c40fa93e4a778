package dev.sluice.testing.simulation;

import static dev.sluice.testing.simulation.ClusterStory.does;
import static dev.sluice.testing.simulation.ClusterStory.isBecauseOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobAction;
import dev.sluice.coordinator.JobEvent;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.storage.FolderFiles;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a job whose storage fails, or belongs to another. */
final class CheckpointStoriesTest {
  static LongStream seeds() {
    return LongStream.rangeClosed(1, 10);
  }

  /** Whether an operation begins to write a manifest. */
  private static boolean beginsAManifest(String operation) {
    return operation.startsWith("create ") && operation.contains("/chk-");
  }

  private static AtomicInteger refuseManifests(ClusterStory story, int times) {
    AtomicInteger refused = new AtomicInteger();
    story.cluster.storageFails(
        operation -> {
          if (beginsAManifest(operation) && refused.get() < times) {
            refused.incrementAndGet();
            throw new IOException("No space left on device");
          }
        });
    return refused;
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStorageMayRefuseAsManyCheckpointsInARowAsAreTolerated(long seed) {
    try (ClusterStory story = new ClusterStory("tolerated", seed)) {
      story.untilACheckpointIsStored();

      AtomicInteger refused = refuseManifests(story, ClusterStory.TOLERATED_FAILURES);
      story.untilCheckpointsWereRefused(ClusterStory.TOLERATED_FAILURES);
      story.until(isBecauseOf(JobEvent.CheckpointStored.class));

      story.awaitEachNumberOnce();
      assertThat(refused).hasValue(ClusterStory.TOLERATED_FAILURES);
      assertThat(story.source.begun).as("the job was not restarted for that").hasSize(1);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void oneMoreFailsTheJobAndNamesTheOption(long seed) {
    try (ClusterStory story = new ClusterStory("not tolerated", seed)) {
      story.untilACheckpointIsStored();

      refuseManifests(story, ClusterStory.TOLERATED_FAILURES + 1);

      JobUpdate.Ended ended = story.awaitEnd(JobPhase.FAILED);
      assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.CHECKPOINT_STORAGE);
      assertThat(ended.failure().orElseThrow().message())
          .contains("--toleratedCheckpointFailures is 3");
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aJobWhoseClaimIsLostToAnotherProcessEndsAndLeavesTheOthersCheckpointsAlone(long seed) {
    try (ClusterStory story = new ClusterStory("claim", seed)) {
      story.untilACheckpointIsStored();

      long newest = claimAs("another", story);

      JobUpdate.Ended ended = story.awaitEnd(JobPhase.FAILED);
      assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.CLAIM_LOST);
      assertThat(claimAs("a third", story)).isEqualTo(newest);
    }
  }

  /** Claims as in a bucket, in which nothing can be held; returns the newest checkpoint. */
  private static long claimAs(String process, ClusterStory story) {
    story.cluster.storage().letGo();
    return JobCheckpoints.claim(
            new FolderFiles(story.cluster.storage(), process),
            SimulatedCluster.JOB,
            new Holder(process, 1, 0))
        .latest()
        .orElseThrow()
        .checkpoint();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aCheckpointWhoseManifestIsThereButNotNamedDoesNotCount(long seed) {
    try (ClusterStory story = new ClusterStory("not named", seed)) {
      story.untilACheckpointIsStored();
      long stored = lastMarked(story);
      story.until(does(JobAction.Store.class));
      AtomicBoolean written = new AtomicBoolean();
      story.cluster.storageFails(
          operation -> {
            if (operation.startsWith("create ") && operation.contains("/claim")) {
              written.set(true);
              throw new IOException("the power is off");
            }
          });

      story.until(written::get);
      story.cluster.crashAll();
      story.cluster.storageFails(operation -> {});
      story.cluster.startAll();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).containsExactly(0L, stored);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aCheckpointThatIsStoredCountsIfAllCrashBeforeAnybodyIsTold(long seed) {
    try (ClusterStory story = new ClusterStory("nobody told", seed)) {
      story.untilACheckpointIsStored();
      story.until(isBecauseOf(JobEvent.CheckpointStored.class));
      long stored = lastMarked(story);

      story.cluster.crashAll();
      story.cluster.startAll();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).containsExactly(0L, stored);
    }
  }

  /** No other mark is taken before the round at hand is over. */
  private static long lastMarked(ClusterStory story) {
    return story.source.marked.get(story.source.marked.size() - 1);
  }
}
