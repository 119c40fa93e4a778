package dev.sluice.validatesrunner;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sluice.runner.JobWatch;
import dev.sluice.runner.SluiceRunner;
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
 * whether it has passed; one that Beam ignores is reported as aborted.
 */
final class BeamSuiteTest {

  private static final Path MODULE = Path.of(System.getProperty("basedir", ""));
  private static final Path REPORT = MODULE.resolve("../docs/conformance.md").normalize();
  private static final Path RESULTS = MODULE.resolve("target/validates-runner");

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String CRASH_SEED = "--crashSeed=1";

  @TestFactory
  List<DynamicNode> conforms() throws IOException, InterruptedException {
    SortedSet<BeamTest> catalog = TestCatalog.load();
    OtherRunners others = OtherRunners.load(catalog);
    List<BeamTest> tests =
        catalog.stream()
            .filter(test -> !test.categories().contains(ConformanceReport.NOT_RUN))
            .toList();
    List<Outcome> all = new ArrayList<>();
    List<DynamicNode> modes = new ArrayList<>();
    JobWatch jobs = SluiceRunner.watchJobs(beginning -> {});
    for (Mode mode : Mode.values()) {
      int jobsBefore = jobs.size();
      long restartedBefore = jobs.restarted();
      List<Outcome> outcomes =
          new SuiteRun(mode, settings(mode), outcome -> {})
              .run(LeftOut.of(mode, tests).without(tests));
      ResultFiles.write(RESULTS, mode, outcomes);
      all.addAll(outcomes);
      modes.add(DynamicContainer.dynamicContainer(mode.label(), byClass(outcomes)));
      if (mode == Mode.UNDER_FIRE) {
        modes.add(losesWorkers(jobs.restarted() - restartedBefore, jobs.size() - jobsBefore));
      }
    }
    LeftOut notUnderFire = LeftOut.of(Mode.UNDER_FIRE, tests);
    StringBuilder page =
        new StringBuilder(new ConformanceReport(all, others, notUnderFire).markdown());
    for (Suite suite : List.of(Suite.NEEDS_RUNNER, Suite.KAFKA)) {
      FurtherSuite further = new FurtherSuite(suite);
      modes.add(DynamicContainer.dynamicContainer(suite.label(), byClass(further.run(RESULTS))));
      page.append('\n').append(further.markdown(RESULTS));
    }
    Files.createDirectories(REPORT.getParent());
    Files.writeString(REPORT, page);
    return modes;
  }

  /** Some jobs are over, or fail as their test wants, before their moment comes; most are not. */
  private static DynamicNode losesWorkers(long restarted, int jobs) {
    return DynamicTest.dynamicTest(
        "most jobs under fire lose their worker",
        () -> assertTrue(restarted > jobs / 2, restarted + " of " + jobs + " jobs"));
  }

  private static SuiteRun.Settings settings(Mode mode) {
    return new SuiteRun.Settings(
        mode.runner(), mode == Mode.UNDER_FIRE ? List.of(CRASH_SEED) : List.of(), test -> LIMIT, 2);
  }

  private static List<DynamicNode> byClass(List<Outcome> outcomes) {
    Map<String, List<DynamicTest>> classes = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      classes
          .computeIfAbsent(outcome.test().className(), name -> new ArrayList<>())
          .add(
              DynamicTest.dynamicTest(
                  outcome.mode().label() + " " + outcome.test().label(), () -> tell(outcome)));
    }
    List<DynamicNode> nodes = new ArrayList<>();
    classes.forEach((name, tests) -> nodes.add(DynamicContainer.dynamicContainer(name, tests)));
    return nodes;
  }

  private static void tell(Outcome outcome) {
    switch (outcome.status()) {
      case PASSED -> {}
      case IGNORED -> abort("ignored by Beam itself");
      case FAILED, HUNG ->
          fail(
              "%s %s fails: %s%n%s"
                  .formatted(
                      outcome.mode().label(),
                      outcome.test().id(),
                      outcome.cause(),
                      outcome.detail()));
    }
  }
}
