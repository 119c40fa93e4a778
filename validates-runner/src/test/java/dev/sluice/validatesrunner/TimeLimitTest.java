package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A test that never ends costs its limit and a report, not the build. */
final class TimeLimitTest {

  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration LONG = Duration.ofSeconds(60);

  @Test
  void givesTheOutcomeOfABodyThatEnds() throws InterruptedException {
    Outcome passed = Samples.passed(Samples.PLAIN, Mode.STREAMING);

    assertThat(new TimeLimit(LONG).run(Samples.PLAIN, Mode.STREAMING, () -> passed))
        .isSameAs(passed);
  }

  @Test
  void reportsABodyThatHangsAndInterruptsIt() throws InterruptedException {
    CountDownLatch interrupted = new CountDownLatch(1);

    Outcome outcome =
        new TimeLimit(SHORT).run(Samples.PLAIN, Mode.BOUNDED, () -> waitForever(interrupted));

    assertThat(outcome.status()).isEqualTo(Outcome.Status.HUNG);
    assertThat(outcome.isFailure()).isTrue();
    assertThat(outcome.cause()).startsWith("no end within 0 s; waiting in ");
    assertThat(outcome.cause()).contains("TimeLimitTest.waitForever");
    assertThat(outcome.detail()).contains("\"beam-test:PlainTest#testPlain\" WAITING");
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
  }

  private static Outcome waitForever(CountDownLatch interrupted) {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
    return Samples.passed(Samples.PLAIN, Mode.BOUNDED);
  }
}
