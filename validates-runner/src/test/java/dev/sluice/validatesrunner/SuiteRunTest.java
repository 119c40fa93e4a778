package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.Assert.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.jupiter.api.Test;

/** Runs JUnit 4 tests made up here, as the suite runs Beam's. */
final class SuiteRunTest {

  private static final SuiteRun.Settings TWO_LANES =
      new SuiteRun.Settings("SomeRunner", List.of("--x=y"), test -> Duration.ofSeconds(60), 2);

  private static BeamTest test(Class<?> type, String method) {
    return Samples.test(type.getName(), method);
  }

  private static List<Outcome> run(Mode mode, BeamTest... tests) throws InterruptedException {
    return new SuiteRun(mode, TWO_LANES, outcome -> {}).run(List.of(tests));
  }

  @Test
  void tellsPassedFromFailedFromIgnoredFromMissing() throws InterruptedException {
    List<Outcome> outcomes =
        run(
            Mode.BOUNDED,
            test(FirstFixture.class, "passes"),
            test(FirstFixture.class, "fails"),
            test(FirstFixture.class, "noSuchMethod"),
            Samples.IGNORED,
            Samples.PLAIN);

    assertThat(outcomes)
        .extracting(outcome -> outcome.test().method() + " " + outcome.status())
        .containsExactly(
            "testPlain FAILED",
            "testIgnored IGNORED",
            "fails FAILED",
            "noSuchMethod FAILED",
            "passes PASSED");
  }

  @Test
  void handsTheOptionsOfItsModeToTheTests() throws InterruptedException {
    assertThat(run(Mode.STREAMING, test(FirstFixture.class, "seesStreamingOptions")))
        .allMatch(outcome -> outcome.status() == Outcome.Status.PASSED);
    assertThat(run(Mode.BOUNDED, test(FirstFixture.class, "seesStreamingOptions")))
        .allMatch(Outcome::isFailure);
    assertThat(System.getProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS)).isNull();
  }

  @Test
  void runsTwoClassesSideBySide() throws InterruptedException {
    assertThat(
            run(
                Mode.BOUNDED,
                test(FirstFixture.class, "meetsTheOther"),
                test(SecondFixture.class, "meetsTheOther")))
        .allMatch(outcome -> outcome.status() == Outcome.Status.PASSED);
  }

  @Test
  void neverRunsNestedClassesOfOneOuterClassSideBySide() throws InterruptedException {
    assertThat(
            run(
                Mode.BOUNDED,
                test(FirstFixture.NestedOne.class, "isAlone"),
                test(FirstFixture.NestedTwo.class, "isAlone"),
                test(FirstFixture.NestedTwo.class, "isAloneAgain")))
        .allMatch(outcome -> outcome.status() == Outcome.Status.PASSED);
  }

  @Test
  void tellsOfEachOutcomeAsItComes() throws InterruptedException {
    List<Outcome> seen = Collections.synchronizedList(new ArrayList<>());

    List<Outcome> all =
        new SuiteRun(Mode.BOUNDED, TWO_LANES, seen::add)
            .run(List.of(test(FirstFixture.class, "passes"), Samples.IGNORED));

    assertThat(seen).containsExactlyInAnyOrderElementsOf(all);
  }

  /** Where two fixtures meet if they run at the same time. */
  static final Exchanger<Object> MEETING = new Exchanger<>();

  static void meet() throws Exception {
    MEETING.exchange(MEETING, 30, TimeUnit.SECONDS);
  }

  static void beAlone() {
    assertThrows(
        TimeoutException.class, () -> MEETING.exchange(MEETING, 100, TimeUnit.MILLISECONDS));
  }
}
