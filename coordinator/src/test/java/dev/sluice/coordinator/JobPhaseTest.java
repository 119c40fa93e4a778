package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.JobPhase;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobPhaseTest {

  @ParameterizedTest
  @EnumSource(JobPhase.class)
  void everyMoveThatIsNotLegalIsRefused(JobPhase from) {
    for (JobPhase to : JobPhase.values()) {
      JobState state = in(from);
      if (from.next().contains(to)) {
        assertThat(state.advanced(to).phase()).isEqualTo(to);
      } else {
        assertThatThrownBy(() -> state.advanced(to))
            .as("%s to %s", from, to)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("job-1")
            .hasMessageContaining(from.name())
            .hasMessageContaining(to.name());
      }
    }
  }

  @Test
  void everyPhaseIsReachedAndLeadsToAnEnd() {
    Set<JobPhase> reached = EnumSet.of(JobPhase.SUBMITTED);
    for (int i = 0; i < JobPhase.values().length; i++) {
      Set<JobPhase> further = EnumSet.copyOf(reached);
      reached.forEach(phase -> further.addAll(phase.next()));
      reached = further;
    }
    assertThat(reached).containsExactlyInAnyOrder(JobPhase.values());
    assertThat(EnumSet.allOf(JobPhase.class).stream().filter(JobPhase::isTerminal))
        .containsExactly(JobPhase.DONE, JobPhase.FAILED, JobPhase.CANCELLED);
  }

  private static JobState in(JobPhase phase) {
    JobState submitted = JobState.submitted(Jobs.bounded());
    return new JobState(
        submitted.spec(),
        phase,
        submitted.workers(),
        submitted.deployment(),
        submitted.checkpoints(),
        submitted.recovery(),
        false,
        submitted.ending());
  }
}
