package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent.Quiet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class QuiescenceTest {
  private static final TaskId ASKS = Jobs.task("s1", 0);
  private static final TaskId ASKS_TOO = Jobs.task("s2", 0);
  private static final Set<String> BOTH = Set.of("w1", "w2");

  private final Quiescence begun = Quiescence.unasked().askedBy(ASKS).beginRound(BOTH);

  @Test
  void nobodyAskedSoNothingBegins() {
    assertThat(Quiescence.unasked().wantsRound()).isFalse();
    assertThat(Quiescence.unasked().isProven()).isFalse();
    assertThat(Quiescence.unasked().askedBy(ASKS).wantsRound()).isTrue();
  }

  @Test
  void aRoundAtHandIsNotDoubled() {
    assertThat(begun.wantsRound()).isFalse();
    assertThat(begun.askedBy(ASKS_TOO).wantsRound()).isFalse();
  }

  @Test
  void oneRoundProvesNothing() {
    Quiescence answered =
        begun.answeredBy("w1", quiet(1, 5, 3, 9)).answeredBy("w2", quiet(1, 3, 5, 9));
    assertThat(answered.isProven()).isFalse();
    assertThat(answered.wantsRound()).isTrue();
  }

  @Test
  void twoEqualRoundsWithNothingOnItsWayProveIt() {
    Quiescence second =
        begun
            .answeredBy("w1", quiet(1, 5, 3, 9))
            .answeredBy("w2", quiet(1, 3, 5, 9))
            .beginRound(BOTH)
            .answeredBy("w2", quiet(2, 3, 5, 9));
    assertThat(second.isProven()).isFalse();
    assertThat(second.missing()).containsExactly("w1");
    assertThat(second.answeredBy("w1", quiet(2, 5, 3, 9)).isProven()).isTrue();
  }

  @Test
  void somethingOnItsWayIsNotQuiet() {
    Quiescence twice = twoRounds(quiet(1, 5, 3, 9), quiet(2, 5, 3, 9));
    assertThat(twice.isProven()).isFalse();
    assertThat(twice.wantsRound()).isTrue();
  }

  @Test
  void aStepInBetweenIsNotQuiet() {
    assertThat(twoRounds(quiet(1, 3, 3, 9), quiet(2, 3, 3, 10)).isProven()).isFalse();
  }

  @Test
  void anAnswerToAnEarlierRoundOrASecondAnswerChangesNothing() {
    Quiescence one = begun.answeredBy("w1", quiet(1, 5, 3, 9));
    assertThat(one.answeredBy("w2", quiet(0, 3, 5, 9))).isEqualTo(one);
    assertThat(one.answeredBy("w1", quiet(1, 6, 3, 9))).isEqualTo(one);
    assertThat(one.answeredBy("w9", quiet(1, 6, 3, 9))).isEqualTo(one);
  }

  @Test
  void whoAsksDuringARoundIsToldByALaterOne() {
    Quiescence proven = twoRounds(quiet(1, 3, 3, 9), quiet(2, 3, 3, 9)).askedBy(ASKS_TOO);
    assertThat(proven.isProven()).isTrue();
    assertThat(proven.asking()).containsExactly(ASKS);

    Quiescence answered = proven.answered();
    assertThat(answered.wantsRound()).isTrue();
    assertThat(answered.beginRound(Set.of("w1")).asking()).containsExactly(ASKS_TOO);
  }

  private static Quiescence twoRounds(Quiet first, Quiet second) {
    return Quiescence.unasked()
        .askedBy(ASKS)
        .beginRound(Set.of("w1"))
        .answeredBy("w1", first)
        .beginRound(Set.of("w1"))
        .answeredBy("w1", second);
  }

  private static Quiet quiet(long round, long sent, long received, long steps) {
    return new Quiet(Jobs.ID, round, sent, received, steps);
  }
}
