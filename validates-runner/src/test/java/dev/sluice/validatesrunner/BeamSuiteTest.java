package dev.sluice.validatesrunner;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The whole of Beam's suite in every mode, and the suites beside it, each of its test methods as
 * one test here. Runs it first, writes {@code docs/conformance.md}, and then tells of each test
 * whether its outcome is the agreed one; one that fails as expected is reported as aborted, with
 * its reason.
 */
final class BeamSuiteTest {

  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path EXPECTED = MODULE.resolve("expected-failures.txt");
  private static final Path REPORT = MODULE.resolve("../docs/conformance.md").normalize();
  private static final Path RESULTS = MODULE.resolve("target/validates-runner");

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Several of the tests that are expected to fail do so by hanging. */
  private static final Duration LIMIT_IF_EXPECTED_TO_FAIL = Duration.ofSeconds(15);

  @TestFactory
  List<DynamicNode> conforms() throws IOException, InterruptedException {
    SortedSet<BeamTest> catalog = TestCatalog.load();
    ExpectedFailures expected = ExpectedFailures.read(EXPECTED, catalog);
    List<Outcome> all = new ArrayList<>();
    List<DynamicNode> modes = new ArrayList<>();
    for (Mode mode : Mode.values()) {
      List<Outcome> outcomes =
          new SuiteRun(mode, settings(mode, expected), outcome -> {}).run(catalog);
      ResultFiles.write(RESULTS, mode, outcomes);
      all.addAll(outcomes);
      modes.add(DynamicContainer.dynamicContainer(mode.label(), byClass(outcomes, expected)));
    }
    StringBuilder page = new StringBuilder(new ConformanceReport(all, expected).markdown());
    for (Suite suite : List.of(Suite.NEEDS_RUNNER, Suite.KAFKA)) {
      FurtherSuite further = new FurtherSuite(suite);
      modes.add(
          DynamicContainer.dynamicContainer(
              suite.label(), byClass(further.run(RESULTS), expected)));
      page.append('\n').append(further.markdown(RESULTS));
    }
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, page);
    return modes;
  }

  private static SuiteRun.Settings settings(Mode mode, ExpectedFailures expected) {
    return new SuiteRun.Settings(
        "TestSluiceRunner",
        List.of(),
        test -> expected.reason(mode, test.id()).isEmpty() ? LIMIT : LIMIT_IF_EXPECTED_TO_FAIL,
        2);
  }

  private static List<DynamicNode> byClass(List<Outcome> outcomes, ExpectedFailures expected) {
    Map<String, List<DynamicTest>> classes = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      classes
          .computeIfAbsent(outcome.test().className(), name -> new ArrayList<>())
          .add(
              DynamicTest.dynamicTest(
                  outcome.mode().label() + " " + outcome.test().label(),
                  () -> tell(outcome, expected)));
    }
    List<DynamicNode> nodes = new ArrayList<>();
    classes.forEach((name, tests) -> nodes.add(DynamicContainer.dynamicContainer(name, tests)));
    return nodes;
  }

  private static void tell(Outcome outcome, ExpectedFailures expected) {
    String test = outcome.mode().label() + " " + outcome.test().id();
    String reason = expected.reason(outcome.mode(), outcome.test().id());
    switch (expected.judge(outcome)) {
      case PASSES -> {}
      case IGNORED_BY_BEAM -> abort("ignored by Beam itself");
      case FAILS_AS_EXPECTED -> abort("expected to fail: " + reason);
      case FAILS_UNEXPECTEDLY ->
          fail(test + " fails: " + outcome.cause() + "\n" + outcome.detail());
      case PASSES_UNEXPECTEDLY ->
          fail(test + " passes, although " + EXPECTED.getFileName() + " lists it: " + reason);
    }
  }
}
