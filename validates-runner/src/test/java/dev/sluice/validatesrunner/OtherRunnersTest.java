package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other runners' builds select: the best mode counts, and only the suite has categories. */
final class OtherRunnersTest {
  private static final String SIDE_INPUTS = "UsesSideInputs";
  private static final List<BeamTest> CATALOG =
      List.of(Samples.SIDE, Samples.IGNORED, Samples.EXPANSION);
  private static final List<String> BUILDS =
      List.of(
          "# a comment",
          "",
          "build | One | batch | B | 4 | 2 | one.gradle | a/b@0 | 2025",
          "build | One | streaming | S | 4 | 3 | one.gradle | a/b@0 | 2025",
          "build | One | portable | P | ? | 3 | one.gradle | a/b@0 | 2025",
          "build | Two | any | - | 4 | 1 | two.gradle | a/b@1 | 2026");

  @Test
  void takesTheModeThatSelectsMostAndMarksItUnlessItIsTheMainOne() {
    assertThat(cells("1 | 2 | 2 | 0")).containsExactly("2", "0");
    assertThat(cells("2 | 1 | 2 | 1")).containsExactly("2 B", "1");
    assertThat(cells("2 | 2 | 2 | -")).containsExactly("2", "–");
    assertThat(cells("- | 1 | 2 | 2")).containsExactly("2 P", "2");
    assertThat(cells("? | ? | 1 | ?")).containsExactly("1 P", "?");
  }

  @Test
  void tellsExcludedByNameFromNoneLeftFromUnknown() {
    assertThat(cells("- | - | - | -")).containsExactly("–", "–");
    assertThat(cells("- | 0 | ? | 0")).containsExactly("0", "0");
    assertThat(cells("- | ? | - | ?")).containsExactly("–", "?");
  }

  @Test
  void knowsNothingOfACategoryThatTheFileDoesNotName() {
    OtherRunners others = parse();

    assertThat(others.cell("One", SIDE_INPUTS)).isEqualTo("?");
    assertThat(others.all("One")).isEqualTo("?");
    assertThat(others.together("One")).isEqualTo("?");
  }

  @Test
  void countsAllTestsOfTheModeThatSelectsMostButForThoseThatWeDoNotRun() {
    OtherRunners others = parse("category | UsesExternalService | 1 | 0 | 1 | ? | -");

    assertThat(others.runners()).containsExactly("One", "Two");
    assertThat(others.best("One").mode()).isEqualTo("streaming");
    assertThat(others.all("One")).isEqualTo("2");
    assertThat(others.all("Two")).isEqualTo("1");
  }

  @Test
  void countsWhatTheModesSelectTogetherOnlyIfTheFileSaysSo() {
    String category = "category | UsesExternalService | 1 | 0 | 1 | ? | 1";
    OtherRunners said = parse("together | One | 4", category);

    assertThat(said.together("One")).isEqualTo("4");
    assertThat(said.together("Two")).isEqualTo("0");
    assertThat(parse(category).together("One")).isEqualTo("?");
  }

  @Test
  void refusesACategoryThatTheSuiteDoesNotHave() {
    assertThatThrownBy(() -> parse("category | UsesMagic | 1 | 1 | 1 | 1 | 1"))
        .hasMessageContaining("UsesMagic has 1 tests")
        .hasMessageContaining("0 in the suite");
    assertThatThrownBy(() -> parse("category | UsesMagic | 0 | 0 | 0 | 0 | 0"))
        .hasMessageContaining("UsesMagic has 0 tests");
  }

  @Test
  void refusesNumbersOfAnotherVersionOfTheSuite() {
    assertThatThrownBy(() -> parse("category | UsesSideInputs | 3 | 1 | 1 | 1 | 1"))
        .hasMessageContaining("2 in the suite");
    assertThatThrownBy(() -> parse("category | UsesSideInputs | 2 | 1 | 1 | 3 | 1"))
        .hasMessageContaining("no build can select 3");
  }

  @Test
  void refusesALineThatIsNotOfItsFormat() {
    assertThatThrownBy(() -> parse("category | UsesSideInputs | 2 | 1 | 1 | 1"))
        .hasMessageContaining("a cell for each build");
    assertThatThrownBy(() -> parse("build | Three | any")).hasMessageContaining("a build");
    assertThatThrownBy(
            () -> {
              String line = "category | UsesSideInputs | 2 | 1 | 1 | 1 | 1";
              parse(line, line);
            })
        .hasMessageContaining("two lines");
  }

  @Test
  void knowsEveryCategoryOfTheSuiteForEveryRunner() {
    List<BeamTest> catalog = List.copyOf(TestCatalog.load());
    OtherRunners others = OtherRunners.load(catalog);

    assertThat(others.runners())
        .containsExactly("Direct", "Prism", "Flink", "Spark", "Dataflow", "Samza");
    for (String runner : others.runners()) {
      assertThat(catalog)
          .flatExtracting(BeamTest::categories)
          .noneMatch(category -> others.cell(runner, category).equals("?"));
    }
  }

  @Test
  void readsWhatTheBuildsSelect() {
    OtherRunners others = OtherRunners.load(TestCatalog.load());

    assertThat(others.cell("Direct", "UsesLoopingTimer")).isEqualTo("–");
    assertThat(others.cell("Prism", "UsesCommittedMetrics")).isEqualTo("0");
    assertThat(others.cell("Flink", "UsesTestStream")).isEqualTo("19");
    assertThat(others.cell("Flink", "UsesTimerMap")).isEqualTo("6 PS");
    assertThat(others.cell("Spark", "UsesMultimapState")).isEqualTo("8 S");
    assertThat(others.cell("Dataflow", "UsesUnboundedSplittableParDo")).isEqualTo("9 S");
    assertThat(others.all("Flink")).isEqualTo("333");
    assertThat(others.all("Samza")).isEqualTo("292");
    assertThat(others.together("Flink")).isEqualTo("354");
  }

  private static List<String> cells(String cells) {
    OtherRunners others = parse("category | UsesSideInputs | 2 | " + cells);
    return List.of(others.cell("One", SIDE_INPUTS), others.cell("Two", SIDE_INPUTS));
  }

  private static OtherRunners parse(String... categories) {
    List<String> lines = new ArrayList<>(BUILDS);
    lines.addAll(Arrays.asList(categories));
    return OtherRunners.parse(CATALOG, lines);
  }
}
