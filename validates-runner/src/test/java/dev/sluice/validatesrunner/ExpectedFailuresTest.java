package dev.sluice.validatesrunner;

import static dev.sluice.validatesrunner.ExpectedFailures.Verdict.FAILS_AS_EXPECTED;
import static dev.sluice.validatesrunner.ExpectedFailures.Verdict.FAILS_UNEXPECTEDLY;
import static dev.sluice.validatesrunner.ExpectedFailures.Verdict.IGNORED_BY_BEAM;
import static dev.sluice.validatesrunner.ExpectedFailures.Verdict.PASSES;
import static dev.sluice.validatesrunner.ExpectedFailures.Verdict.PASSES_UNEXPECTEDLY;
import static dev.sluice.validatesrunner.Mode.BOUNDED;
import static dev.sluice.validatesrunner.Mode.STREAMING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list is exact in both directions, by mode, and is refused if it is not understood. */
final class ExpectedFailuresTest {

  private static ExpectedFailures parse(String... lines) {
    return ExpectedFailures.parse(List.of(lines), Samples.ALL);
  }

  @Test
  void refusesATestThatPassesAlthoughListed() {
    ExpectedFailures expected = parse("both a.PlainTest#testPlain a reason");

    assertThat(expected.judge(Samples.passed(Samples.PLAIN, STREAMING)))
        .isEqualTo(PASSES_UNEXPECTEDLY);
    assertThat(PASSES_UNEXPECTEDLY.isAgreed()).isFalse();
  }

  @Test
  void refusesATestThatFailsWithoutBeingListed() {
    assertThat(parse().judge(Samples.failed(Samples.PLAIN, STREAMING)))
        .isEqualTo(FAILS_UNEXPECTEDLY);
    assertThat(FAILS_UNEXPECTEDLY.isAgreed()).isFalse();
  }

  @Test
  void agreesWithWhatIsListedAndWithWhatPasses() {
    ExpectedFailures expected =
        parse("# a comment", "", "both a.StateTest$Nested#testState user state");

    assertThat(expected.judge(Samples.failed(Samples.STATE, BOUNDED))).isEqualTo(FAILS_AS_EXPECTED);
    assertThat(expected.reason(BOUNDED, Samples.STATE.id())).isEqualTo("user state");
    assertThat(expected.judge(Samples.passed(Samples.PLAIN, BOUNDED))).isEqualTo(PASSES);
    assertThat(expected.judge(Outcome.ignored(Samples.IGNORED, BOUNDED)))
        .isEqualTo(IGNORED_BY_BEAM);
  }

  @Test
  void countsAHangingTestAsFailed() {
    Outcome hung = new Outcome(Samples.PLAIN, STREAMING, Outcome.Status.HUNG, 1, "", "");

    assertThat(parse().judge(hung)).isEqualTo(FAILS_UNEXPECTEDLY);
  }

  @Test
  void keepsTheModesApart() {
    ExpectedFailures expected = parse("streaming a.PlainTest#testPlain only there");

    assertThat(expected.judge(Samples.failed(Samples.PLAIN, STREAMING)))
        .isEqualTo(FAILS_AS_EXPECTED);
    assertThat(expected.judge(Samples.failed(Samples.PLAIN, BOUNDED)))
        .isEqualTo(FAILS_UNEXPECTEDLY);
  }

  @ParameterizedTest
  @CsvSource({
    "both a.PlainTest#testPlain, reason wanted",
    "both a.PlainTest#testNone why, there is no test",
    "batch a.PlainTest#testPlain why, streaming or bounded wanted",
  })
  void refusesALineThatItDoesNotUnderstand(String line, String message) {
    assertThatThrownBy(() -> parse("# first", line)).hasMessageContaining("line 2: ");
    assertThatThrownBy(() -> parse(line)).hasMessageContaining(message);
  }

  @Test
  void refusesASecondLineForATest() {
    assertThatThrownBy(
            () -> parse("both a.PlainTest#testPlain x", "bounded a.PlainTest#testPlain y"))
        .hasMessageContaining("line 2: a second line for a.PlainTest#testPlain");
  }

  @Test
  void writesTheListThatFitsAndKeepsTheReasonsGiven() {
    ExpectedFailures before = parse("both a.PlainTest#testPlain given before");

    List<String> lines =
        before.linesFor(
            List.of(
                Samples.failed(Samples.STATE, STREAMING),
                Samples.passed(Samples.STATE, BOUNDED),
                Samples.failed(Samples.PLAIN, STREAMING),
                Samples.failed(Samples.PLAIN, BOUNDED),
                Samples.passed(Samples.SIDE, BOUNDED)));

    assertThat(lines)
        .containsExactly(
            "both a.PlainTest#testPlain given before",
            "streaming a.StateTest$Nested#testState user state and timers");
  }
}
