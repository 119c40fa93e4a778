package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhaseTest {
  @Test
  void eachPhaseLeadsToTheOneBehindItAndToTheEnd() {
    List<Phase> order = List.of(Phase.values());
    for (int at = 0; at < order.size(); at++) {
      Phase from = order.get(at);
      Set<Phase> legal = EnumSet.of(Phase.ENDED, order.get(Math.min(at + 1, order.size() - 1)));
      for (Phase to : order) {
        if (legal.contains(to)) {
          assertThat(from.to(to)).isEqualTo(to);
        } else {
          assertThatThrownBy(() -> from.to(to))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContainingAll(from.name(), to.name());
        }
      }
    }
  }

  @Test
  void operatorsAreOpenFromTheFirstInputToTheLastCallback() {
    assertThat(Phase.values())
        .filteredOn(Phase::hasOperators)
        .containsExactly(Phase.RUNNING, Phase.SENDING, Phase.WAITING);
  }
}
