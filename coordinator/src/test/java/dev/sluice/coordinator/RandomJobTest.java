package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobUpdate;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Many jobs that fail and recover, each in another order of everything that happens. */
class RandomJobTest {
  private static final int SEEDS = 1_000;

  @Test
  void inEveryOrderAJobRestartsFromWhatIsStoredAndEndsWithEverythingReleased() {
    Map<JobPhase, Integer> outcomes = new EnumMap<>(JobPhase.class);
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        outcomes.merge(run(seed), 1, Integer::sum);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
    assertThat(outcomes.get(JobPhase.DONE)).as("of %s", outcomes).isGreaterThan(SEEDS / 2);
    assertThat(outcomes).doesNotContainKey(JobPhase.CANCELLED);
  }

  private static JobPhase run(long seed) {
    RandomJob job = new RandomJob(seed);
    JobUpdate.Ended ended = job.run();
    assertThat(job.ledger().closed).containsExactly(ended.phase());
    if (ended.phase() == JobPhase.DONE) {
      var stored = job.ledger().stored;
      assertThat(job.lastReleased())
          .as("the last checkpoint is released")
          .isEqualTo(stored.get(stored.size() - 1).id());
    } else {
      // The one transform that fails may do so three times.
      assertThat(ended.failure().orElseThrow().message()).startsWith("boom");
    }
    return ended.phase();
  }
}
