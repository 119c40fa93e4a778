package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The page counts by mode, need and category, beside what other runners' builds select, and changes
 * only if an outcome or that does.
 */
final class ConformanceReportTest {
  private static final LeftOut NOT_UNDER_FIRE =
      LeftOut.parse(
          Mode.UNDER_FIRE.label(), Samples.ALL, List.of("under-fire | #testSide | counts calls"));
  private static final OtherRunners OTHERS =
      OtherRunners.parse(
          List.of(Samples.SIDE, Samples.IGNORED, Samples.EXPANSION),
          List.of(
              "build | Old | any | - | ? | 5 | old.gradle | a/b@0 | 2020, **stale**",
              "build | New | streaming | S | 413 | 3 | new.gradle | a/b@1 | 2026",
              "build | New | batch | B | 413 | 2 | new.gradle | a/b@1 | 2026",
              "together | New | 4",
              "category | UsesSideInputs | 2 | 2 | 0 | 1",
              "category | UsesExternalService | 1 | 1 | 0 | -"));

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
  void namesWhatIsNotRunUnderFire() {
    assertThat(new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown())
        .contains("| `%s` | counts calls |".formatted(Samples.SIDE.label()));
  }

  @Test
  void countsByModeNeedAndCategory() {
    String page = new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown();

    assertThat(page.lines())
        .contains(
            "| streaming | 4 | 2 | 1 | 1 |",
            "| bounded | 4 | 1 | 2 | 1 |",
            "| under-fire | 3 | 1 | 1 | 1 |",
            "| need | tests | streaming | bounded | under-fire |",
            "| user state and timers | 1 | 0 (1 failed) | 0 (1 failed) | 0 (1 failed) |",
            "| nothing beyond the model's core | 3 | 2 | 1 (1 failed) | 1 |");
  }

  @Test
  void setsBesideOurCategoriesWhatOtherBuildsSelect() {
    String page = new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown();

    assertThat(page)
        .contains(
            """
            | category | tests | streaming | bounded | under-fire | Old | New S |
            |---|--:|--:|--:|--:|--:|--:|
            | UsesSideInputs | 2 | 1 | 0 (1 failed) | 0 | 2 | 1 B |
            | UsesStatefulParDo | 1 | 0 (1 failed) | 0 (1 failed) | 0 (1 failed) | ? | ? |
            | (none) | 1 | 1 | 1 | 1 | ? | ? |
            | **all tests** | 4 | 2 (1 failed) | 1 (2 failed) | 1 (1 failed) | 4 | 3 |
            | **in any mode** | | | | | 4 | 4 |
            """);
  }

  @Test
  void saysWhatTheNumbersOfOthersAreAndWhereFrom() {
    String page = new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown();

    assertThat(page)
        .contains("**The columns of the other runners are not results.**")
        .contains("| Old | any |  | ? | 5 | `old.gradle` of a/b@0 | 2020, **stale** |")
        .contains("| New | batch | B | 413 | 2 | `new.gradle` of a/b@1 | 2026 |");
  }

  @Test
  void listsWhatFailedByCauseAndMode() {
    String page = new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown();

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

    assertThat(new ConformanceReport(passed, OTHERS, NOT_UNDER_FIRE).markdown())
        .endsWith("## Failed\n\nNone.\n");
  }

  @Test
  void doesNotDependOnOrderOrDuration() {
    List<Outcome> changed = new ArrayList<>();
    for (Outcome o : outcomes()) {
      changed.add(new Outcome(o.test(), o.mode(), o.status(), o.millis() + 1, o.cause(), "other"));
    }
    Collections.reverse(changed);

    assertThat(new ConformanceReport(changed, OTHERS, NOT_UNDER_FIRE).markdown())
        .isEqualTo(new ConformanceReport(outcomes(), OTHERS, NOT_UNDER_FIRE).markdown());
  }
}
