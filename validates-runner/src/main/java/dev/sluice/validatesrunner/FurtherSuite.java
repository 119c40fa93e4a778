package dev.sluice.validatesrunner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * One run of the tests of a suite beside ValidatesRunner, on Sluice, each pipeline streaming or not
 * as it says itself; and its part of the page of conformance. Used by one thread.
 */
final class FurtherSuite {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int LANES = 2;

  private final Suite suite;
  private final SortedSet<BeamTest> catalog;
  private final LeftOut leftOut;

  FurtherSuite(Suite suite) {
    this.suite = suite;
    this.catalog = TestCatalog.load(suite);
    this.leftOut = LeftOut.of(suite, catalog);
  }

  /** Runs all that is not left out, and leaves the results in a folder of that folder. */
  List<Outcome> run(Path results) throws InterruptedException, IOException {
    SuiteRun.Settings settings =
        new SuiteRun.Settings(Mode.BOUNDED.runner(), suite.options(), test -> LIMIT, LANES);
    List<Outcome> outcomes =
        new SuiteRun(Mode.BOUNDED, settings, outcome -> {}).run(leftOut.without(catalog));
    ResultFiles.write(folder(results), Mode.BOUNDED, outcomes);
    return outcomes;
  }

  /** The section of the page, from the results that {@link #run} has left there. */
  String markdown(Path results) throws IOException {
    List<String> rows = Files.readAllLines(ResultFiles.table(folder(results), Mode.BOUNDED));
    List<String> statuses =
        rows.stream().skip(1).map(row -> row.substring(0, row.indexOf('\t'))).toList();
    long ignored = count(statuses, Outcome.Status.IGNORED);
    long passed = count(statuses, Outcome.Status.PASSED);
    long notRun = catalog.stream().filter(leftOut::names).count();
    List<String> lines = new ArrayList<>();
    lines.add("## " + suite.title());
    lines.add("");
    lines.add(suite.description());
    lines.add("");
    lines.add("| tests | passed | failed | ignored by Beam | not run |");
    lines.add("|--:|--:|--:|--:|--:|");
    lines.add(
        "| %d | %d | %d | %d | %d |"
            .formatted(
                catalog.size(), passed, statuses.size() - passed - ignored, ignored, notRun));
    lines.add("");
    lines.add("| not run | reason |");
    lines.add("|---|---|");
    for (LeftOut.Entry entry : leftOut.entries()) {
      lines.add("| %s | %s |".formatted(entry.names(), entry.reason()));
    }
    return String.join("\n", lines) + "\n";
  }

  Suite suite() {
    return suite;
  }

  private Path folder(Path results) {
    return results.resolve(suite.label());
  }

  private static long count(List<String> statuses, Outcome.Status status) {
    return statuses.stream().filter(status.name()::equals).count();
  }
}
