package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;

/** What Beam publishes at the version that we pin: none of its tests may be lost silently. */
final class TestCatalogTest {

  private final SortedSet<BeamTest> catalog = TestCatalog.load();

  @Test
  void findsAllTestsOfBothJars() {
    long ofRunnersCore =
        catalog.stream()
            .filter(test -> test.className().startsWith("org.apache.beam.runners.core."))
            .count();

    assertThat(catalog).hasSize(413);
    assertThat(ofRunnersCore).isEqualTo(4);
  }

  @Test
  void knowsTheTwoThatBeamIgnores() {
    assertThat(catalog.stream().filter(BeamTest::ignored).map(BeamTest::label))
        .containsExactly("SplittableDoFnTest#testLateData", "PDoneTest#testEmptyTransform");
  }

  @Test
  void countsATestInTheCategoriesThatItsOwnExtend() {
    assertThat(catalog)
        .filteredOn(test -> test.categories().contains("UsesMapState"))
        .hasSize(5)
        .allMatch(test -> test.categories().contains("UsesStatefulParDo"))
        .allMatch(test -> test.need() == Need.STATE_AND_TIMERS);
    assertThat(catalog)
        .filteredOn(test -> test.categories().contains("UsesPythonExpansionService"))
        .hasSize(11)
        .allMatch(test -> test.need() == Need.EXPANSION_SERVICE);
  }

  @Test
  void leavesOutTheCategoriesThatSelectTheSuite() {
    assertThat(catalog).noneMatch(test -> test.categories().contains("ValidatesRunner"));
    assertThat(catalog).noneMatch(test -> test.categories().contains("NeedsRunner"));
  }

  @Test
  void findsTheOtherTestsThatRunAPipeline() {
    Set<BeamTest> others = TestCatalog.load(Suite.NEEDS_RUNNER);

    assertThat(others).hasSize(509).doesNotContainAnyElementsOf(catalog);
  }

  @Test
  void findsTheTestsOfKafkaIoThatRunAPipelineWithoutABroker() {
    assertThat(TestCatalog.load(Suite.KAFKA))
        .hasSize(88)
        .noneMatch(test -> test.className().endsWith("KafkaIOIT"))
        .anyMatch(test -> test.method().equals("testExactlyOnceSink"));
  }
}
