package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A failure is told in one line by its innermost cause. */
final class OutcomeTest {

  @Test
  void namesTheInnermostCauseInOneLine() {
    Outcome outcome = Samples.failed(Samples.PLAIN, Mode.STREAMING);

    assertThat(outcome.cause()).isEqualTo("java.lang.IllegalStateException: inner most");
    assertThat(outcome.detail()).contains("RuntimeException: outer", "Caused by:");
  }

  @Test
  void survivesCausesThatFormACircle() {
    RuntimeException first = new RuntimeException("first");
    RuntimeException second = new RuntimeException("second", first);
    first.initCause(second);

    assertThat(Outcome.failed(Samples.PLAIN, Mode.BOUNDED, 1, first).cause()).contains("first");
  }

  @Test
  void groupsCausesThatDifferInNumbersOnly() {
    Outcome one =
        Outcome.failed(Samples.PLAIN, Mode.BOUNDED, 1, new RuntimeException("task 12 of x@1f2e3d"));
    Outcome two =
        Outcome.failed(
            Samples.PLAIN, Mode.BOUNDED, 1, new RuntimeException("task 7 of x@ab12cd34"));

    assertThat(ResultFiles.group(one)).isEqualTo(ResultFiles.group(two));
  }
}
