package dev.sluice.validatesrunner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The list of tests that do not run: it names tests that exist, and of its own suite only. */
final class LeftOutTest {
  private static final BeamTest FIRST =
      new BeamTest("a.FirstTest", "works", new TreeSet<>(), false);
  private static final BeamTest SECOND =
      new BeamTest("a.SecondTest", "works", new TreeSet<>(), false);
  private static final List<BeamTest> CATALOG = List.of(FIRST, SECOND);

  @Test
  void namesATestByAPartOfItsName() {
    LeftOut leftOut =
        LeftOut.parse(
            Suite.KAFKA.label(),
            CATALOG,
            List.of("# a comment", "", "kafka | FirstTest# | needs a | b", "needs-runner | x | y"));

    assertThat(leftOut.entries()).containsExactly(new LeftOut.Entry(List.of(FIRST), "needs a | b"));
    assertThat(leftOut.entries().get(0).names()).isEqualTo("`FirstTest#works`");
    assertThat(leftOut.names(FIRST)).isTrue();
    assertThat(leftOut.names(SECOND)).isFalse();
  }

  @Test
  void refusesAnEntryThatNamesNoTest() {
    assertThatThrownBy(
            () -> LeftOut.parse(Suite.KAFKA.label(), CATALOG, List.of("kafka | ThirdTest | gone")))
        .hasMessageContaining("ThirdTest");
  }

  @Test
  void refusesAnEntryWithoutAReason() {
    assertThatThrownBy(
            () -> LeftOut.parse(Suite.KAFKA.label(), CATALOG, List.of("kafka | FirstTest")))
        .hasMessageContaining("a reason");
  }

  @Test
  void leavesOutFewTestsOfWhatBeamPublishes() {
    assertThat(leftOutOf(Suite.NEEDS_RUNNER)).isEqualTo(7);
    assertThat(leftOutOf(Suite.KAFKA)).isEqualTo(9);
  }

  private static long leftOutOf(Suite suite) {
    Set<BeamTest> catalog = TestCatalog.load(suite);
    LeftOut leftOut = LeftOut.of(suite, catalog);
    return catalog.stream().filter(leftOut::names).count();
  }
}
