package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page counts by mode, need and category, and changes only if an outcome does. */
final class ConformanceReportTest {

  private static List<Outcome> outcomes() {
    List<Outcome> outcomes = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      outcomes.add(Samples.passed(Samples.PLAIN, mode));
      outcomes.add(Samples.failed(Samples.STATE, mode));
      outcomes.add(Outcome.ignored(Samples.IGNORED, mode));
    }
    outcomes.add(Samples.passed(Samples.SIDE, Mode.STREAMING));
    outcomes.add(new Outcome(Samples.SIDE, Mode.BOUNDED, Outcome.Status.HUNG, 60_000, "x", "y"));
    return outcomes;
  }

  @Test
  void countsByModeNeedAndCategory() {
    String page = new ConformanceReport(outcomes()).markdown();

    assertThat(page.lines())
        .contains(
            "| streaming | 4 | 2 | 1 | 1 |",
            "| bounded | 4 | 1 | 2 | 1 |",
            "| under-fire | 3 | 1 | 1 | 1 |",
            "| category | tests | streaming passed | streaming failed | bounded passed | bounded"
                + " failed | under-fire passed | under-fire failed |",
            "| user state and timers | 1 | 0 | 1 | 0 | 1 | 0 | 1 |",
            "| nothing beyond the model's core | 3 | 2 | 0 | 1 | 1 | 1 | 0 |",
            "| UsesSideInputs | 2 | 1 | 0 | 0 | 1 | 0 | 0 |",
            "| UsesStatefulParDo | 1 | 0 | 1 | 0 | 1 | 0 | 1 |",
            "| (none) | 1 | 1 | 0 | 1 | 0 | 1 | 0 |");
  }

  @Test
  void listsWhatFailedByCauseAndMode() {
    String page = new ConformanceReport(outcomes()).markdown();

    assertThat(page)
        .endsWith(
            """
            ## Failed

            ### java.lang.IllegalStateException: inner most

            | test | fails in |
            |---|---|
            | `StateTest$Nested#testState` | streaming, bounded, under-fire |

            ### x

            | test | fails in |
            |---|---|
            | `SideTest#testSide` | bounded |
            """);
  }

  @Test
  void saysSoIfNothingFailed() {
    List<Outcome> passed = List.of(Samples.passed(Samples.PLAIN, Mode.STREAMING));

    assertThat(new ConformanceReport(passed).markdown()).endsWith("## Failed\n\nNone.\n");
  }

  @Test
  void doesNotDependOnOrderOrDuration() {
    List<Outcome> others = new ArrayList<>();
    for (Outcome o : outcomes()) {
      others.add(new Outcome(o.test(), o.mode(), o.status(), o.millis() + 1, o.cause(), "other"));
    }
    Collections.reverse(others);

    assertThat(new ConformanceReport(others).markdown())
        .isEqualTo(new ConformanceReport(outcomes()).markdown());
  }
}
