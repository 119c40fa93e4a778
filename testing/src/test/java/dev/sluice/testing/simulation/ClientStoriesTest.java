package dev.sluice.testing.simulation;

import static dev.sluice.testing.simulation.ClusterStory.comesTo;
import static dev.sluice.testing.simulation.ClusterStory.isBecauseOf;
import static dev.sluice.testing.simulation.ClusterStory.tells;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.JobEvent;
import dev.sluice.coordinator.JournalEntry;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.WorkerCommand;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a client's wish that meets a failure. */
final class ClientStoriesTest {
  /** Less than the coordinator waits for threads that do not end. */
  private static final long PROMPT_MS = 5_000;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 10);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aCancelThatRacesARestartEndsTheJobAndNothingStartsBehindIt(long seed) {
    try (ClusterStory story = new ClusterStory("cancel", seed)) {
      story.untilACheckpointIsStored();
      story.untilATaskFailsAtABarrier();
      int failed = story.cluster.journal().size();
      long failedMs = story.simulation.elapsedMs();

      story.cancel();

      story.awaitEnd(JobPhase.CANCELLED);
      assertThat(story.simulation.elapsedMs() - failedMs).isLessThan(PROMPT_MS);
      List<JournalEntry> since =
          story.cluster.journal().subList(failed, story.cluster.journal().size());
      assertThat(since).noneMatch(tells(WorkerCommand.Deploy.class));
      assertThat(story.cluster.worker().tasks()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aDrainThatIsAskedForDuringRecoveryIsDoneByTheNextAttempt(long seed) {
    try (ClusterStory story = new ClusterStory("drain", seed)) {
      story.untilACheckpointIsStored();
      story.cluster.worker().crash();
      story.until(comesTo(JobPhase.RESTARTING));

      story.drain();
      story.until(isBecauseOf(JobEvent.DrainRequested.class));
      story.cluster.startWorker();

      story.awaitEachNumberOnceUntilDrained();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aSavepointDuringWhichATaskFailsIsRefusedOnceAndTheJobRecovers(long seed) {
    try (ClusterStory story = new ClusterStory("savepoint", seed)) {
      story.untilACheckpointIsStored();
      story.savepoint(SavepointRequest.Then.GO_ON);
      untilTheRoundOfTheSavepointHasBegun(story);

      story.untilATaskFailsAtABarrier();

      story.awaitEachNumberOnce();
      assertThat(story.answers()).containsExactly("SavepointFailed");
      assertThat(story.source.begun).hasSize(2);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aStopThatRacesARestartIsDoneByTheNextAttemptAndNothingIsLost(long seed) {
    try (ClusterStory story = new ClusterStory("stop", seed)) {
      story.untilACheckpointIsStored();
      story.untilATaskFailsAtABarrier();

      story.savepoint(SavepointRequest.Then.STOP);
      story.awaitEnd(JobPhase.CANCELLED);
      assertThat(story.answers()).containsExactly("SavepointDone");
      long stoppedAt = story.source.marked.get(story.source.marked.size() - 1);

      story.cluster.crashAll();
      story.cluster.startAll();

      story.awaitEachNumberOnce();
      assertThat(story.source.begun).last().isEqualTo(stoppedAt);
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aTransformThatFailsInEachAttemptFailsTheJobWithWhatItThrew(long seed) {
    try (ClusterStory story = new ClusterStory("fails", seed)) {
      story.untilACheckpointIsStored();

      story.source.failNextMarks(Integer.MAX_VALUE);

      JobUpdate.Ended ended = story.awaitEnd(JobPhase.FAILED);
      assertThat(ended.failure().orElseThrow().kind()).isEqualTo(FailureKind.USER_CODE);
      assertThat(ended.failure().orElseThrow().message()).contains("scripted failure");
      assertThat(story.source.begun).hasSizeGreaterThanOrEqualTo(ClusterStory.RESTART_ATTEMPTS);
    }
  }

  private static void untilTheRoundOfTheSavepointHasBegun(ClusterStory story) {
    JournalEntry wanted = story.until(isBecauseOf(JobEvent.SavepointWanted.class));
    if (!tells(WorkerCommand.TriggerCheckpoint.class).test(wanted)) {
      story.until(tells(WorkerCommand.TriggerCheckpoint.class));
    }
  }
}
