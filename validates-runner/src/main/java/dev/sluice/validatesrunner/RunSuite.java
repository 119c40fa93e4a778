package dev.sluice.validatesrunner;

import dev.sluice.runner.JobWatch;
import dev.sluice.runner.SluiceRunner;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * The suite from a command line: any part of it, on any runner. Prints one line per test and the
 * failures grouped by their innermost cause, and leaves the whole results in a folder. Exits with 1
 * if a test failed, with 2 on a bad option.
 */
@Command(
    name = "run-suite",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Runs Beam's tests, or a part of them, against a runner.")
public final class RunSuite implements Callable<Integer> {

  /** Tests named below one cause; the table of results has them all. */
  private static final int LONGEST_LIST = 15;

  private static final Map<String, Level> LEVELS =
      Map.of("error", Level.SEVERE, "warn", Level.WARNING, "info", Level.INFO, "debug", Level.FINE);

  @Option(
      names = "--suite",
      description = "VALIDATES_RUNNER (default), NEEDS_RUNNER or KAFKA: which set of tests")
  Suite suite = Suite.VALIDATES_RUNNER;

  @Option(
      names = "--mode",
      description = "streaming, bounded, both of them, or under-fire (default: streaming)")
  String mode = Mode.STREAMING.label();

  @Option(
      names = "--include",
      split = ",",
      description = "only tests whose class#method contains one of these: ParDoTest, #testParDo")
  List<String> include = new ArrayList<>();

  @Option(names = "--exclude", split = ",", description = "no tests whose class#method contains it")
  List<String> exclude = new ArrayList<>();

  @Option(
      names = "--category",
      split = ",",
      description = "only tests in one of these: UsesSideInputs; (none) for those without any")
  List<String> categories = new ArrayList<>();

  @Option(names = "--exclude-category", split = ",", description = "no tests in one of these")
  List<String> excludedCategories = new ArrayList<>();

  @Option(
      names = "--need",
      split = ",",
      description = "only tests with this need: NOTHING_SPECIAL, STATE_AND_TIMERS, ...")
  List<Need> needs = new ArrayList<>();

  @Option(names = "--runner", description = "a Beam runner (default: Sluice's for the mode)")
  String runner;

  @Option(names = "--option", description = "a further pipeline option, --option=--x=y; repeatable")
  List<String> options = new ArrayList<>();

  @Option(
      names = "--crash-seeds",
      description =
          "seeds of the moments at which jobs lose their worker, in mode under-fire: 7 or 1-100"
              + " (default: ${DEFAULT-VALUE})")
  String crashSeeds = "1";

  @Option(names = "--time-limit", description = "seconds per test (default: 30)")
  int timeLimitSeconds = 30;

  @Option(names = "--lanes", description = "classes side by side (default: 2)")
  int lanes = 2;

  @Option(names = "--repeat", description = "run it so often, to find what fails at times")
  int repeat = 1;

  @Option(names = "--log", description = "error, warn, info or debug (default: error)")
  String logLevel = "error";

  @Option(names = "--stacks", description = "print the stack trace of each failure")
  boolean stacks;

  @Option(names = "--quiet", description = "no line for a test that passes")
  boolean quiet;

  @Option(names = "--list", description = "print the selected tests with their categories only")
  boolean list;

  @Option(names = "--results", description = "folder of the results (default: ${DEFAULT-VALUE})")
  Path results = Path.of("target", "validates-runner");

  /** Runs and ends the JVM, whatever threads a hanging test has left behind. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new RunSuite()).execute(args));
  }

  private final JobWatch jobs = SluiceRunner.watchJobs(beginning -> {});

  @Override
  public Integer call() throws Exception {
    if (!LEVELS.containsKey(logLevel)) {
      throw new IllegalArgumentException(
          "--log is not one of error, warn, info, debug: " + logLevel);
    }
    Logger root = Logger.getLogger("");
    root.setLevel(LEVELS.get(logLevel));
    for (Handler handler : root.getHandlers()) {
      handler.setLevel(LEVELS.get(logLevel));
    }
    SortedSet<BeamTest> catalog = TestCatalog.load(suite);
    List<BeamTest> selected = catalog.stream().filter(this::isSelected).toList();
    if (list) {
      selected.forEach(test -> System.out.println(test.id() + " " + test.categories()));
      System.out.println(selected.size() + " tests");
      return 0;
    }
    List<Outcome> all = new ArrayList<>();
    for (int i = 0; i < repeat; i++) {
      for (Mode each : modes()) {
        List<BeamTest> tests = runningIn(each, catalog, selected);
        all.addAll(
            each == Mode.UNDER_FIRE ? underFire(tests) : runIn(each, tests, options, results));
      }
    }
    return exitCodeOf(all);
  }

  /** Only ValidatesRunner has lists of tests that do not run in a mode. */
  private List<BeamTest> runningIn(
      Mode mode, Collection<BeamTest> catalog, List<BeamTest> selected) {
    return suite == Suite.VALIDATES_RUNNER ? LeftOut.of(mode, catalog).without(selected) : selected;
  }

  /** Once for each seed; those with failures are listed at the end. */
  private List<Outcome> underFire(List<BeamTest> tests) throws InterruptedException, IOException {
    String[] range = crashSeeds.split("-", 2);
    long first = Long.parseLong(range[0]);
    long last = Long.parseLong(range[range.length - 1]);
    List<Outcome> all = new ArrayList<>();
    List<Long> failed = new ArrayList<>();
    for (long seed = first; seed <= last; seed++) {
      List<String> seeded = new ArrayList<>(options);
      seeded.add("--crashSeed=" + seed);
      System.out.printf("%nseed %d of %d to %d%n", seed, first, last);
      Path folder = first == last ? results : results.resolve("seed-" + seed);
      List<Outcome> outcomes = runIn(Mode.UNDER_FIRE, tests, seeded, folder);
      if (outcomes.stream().anyMatch(Outcome::isFailure)) {
        failed.add(seed);
      }
      all.addAll(outcomes);
    }
    System.out.printf("%n%d seeds, %d with failures %s%n", last - first + 1, failed.size(), failed);
    return all;
  }

  private List<Outcome> runIn(Mode each, List<BeamTest> selected, List<String> with, Path folder)
      throws InterruptedException, IOException {
    Duration limit = Duration.ofSeconds(timeLimitSeconds);
    String on = runner == null ? each.runner() : runner;
    SuiteRun.Settings settings = new SuiteRun.Settings(on, with, test -> limit, lanes);
    long start = System.nanoTime();
    int jobsBefore = jobs.size();
    long restartedBefore = jobs.restarted();
    List<Outcome> outcomes = new SuiteRun(each, settings, this::printLine).run(selected);
    ResultFiles.write(folder, each, outcomes);
    printFailures(outcomes);
    long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
    Map<Outcome.Status, Integer> counts = new LinkedHashMap<>();
    outcomes.forEach(outcome -> counts.merge(outcome.status(), 1, Integer::sum));
    System.out.printf(
        "%n%s, %s: %d tests in %d s: %s%n", on, each.label(), outcomes.size(), seconds, counts);
    for (Need need : Need.values()) {
      List<Outcome> those = outcomes.stream().filter(o -> o.test().need() == need).toList();
      long passed = those.stream().filter(o -> o.status() == Outcome.Status.PASSED).count();
      if (!those.isEmpty()) {
        System.out.printf("  %3d of %3d with need %s%n", passed, those.size(), need);
      }
    }
    System.out.printf(
        "  %d of %d jobs were restarted%n",
        jobs.restarted() - restartedBefore, jobs.size() - jobsBefore);
    System.out.println("  results in " + folder.toAbsolutePath());
    return outcomes;
  }

  private List<Mode> modes() {
    if (mode.equals("both")) {
      return List.of(Mode.STREAMING, Mode.BOUNDED);
    }
    for (Mode each : Mode.values()) {
      if (each.label().equals(mode)) {
        return List.of(each);
      }
    }
    throw new CommandLine.ParameterException(
        new CommandLine(this),
        "--mode: streaming, bounded, both or under-fire wanted, not " + mode);
  }

  private boolean isSelected(BeamTest test) {
    return (include.isEmpty() || include.stream().anyMatch(test.id()::contains))
        && exclude.stream().noneMatch(test.id()::contains)
        && (categories.isEmpty() || categories.stream().anyMatch(name -> isIn(test, name)))
        && excludedCategories.stream().noneMatch(name -> isIn(test, name))
        && (needs.isEmpty() || needs.contains(test.need()));
  }

  private static boolean isIn(BeamTest test, String category) {
    return category.equals("(none)")
        ? test.categories().isEmpty()
        : test.categories().contains(category);
  }

  private synchronized void printLine(Outcome outcome) {
    if (quiet && !outcome.isFailure()) {
      return;
    }
    String cause = outcome.cause().isEmpty() ? "" : "  " + outcome.cause();
    System.out.printf(
        "%-7s %6d ms  %s%s%n", outcome.status(), outcome.millis(), outcome.test().label(), cause);
    if (stacks && outcome.isFailure()) {
      System.out.println(outcome.detail());
    }
  }

  private static void printFailures(List<Outcome> outcomes) {
    Map<String, List<Outcome>> byCause = new LinkedHashMap<>();
    for (Outcome outcome : outcomes) {
      if (outcome.isFailure()) {
        byCause.computeIfAbsent(ResultFiles.group(outcome), c -> new ArrayList<>()).add(outcome);
      }
    }
    List<Map.Entry<String, List<Outcome>>> mostFirst = new ArrayList<>(byCause.entrySet());
    mostFirst.sort((a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()));
    for (Map.Entry<String, List<Outcome>> entry : mostFirst) {
      System.out.printf("%n%d x %s%n", entry.getValue().size(), entry.getKey());
      List<Outcome> those = entry.getValue();
      those.stream()
          .limit(LONGEST_LIST)
          .forEach(outcome -> System.out.println("      " + outcome.test().label()));
      if (those.size() > LONGEST_LIST) {
        System.out.println("      and " + (those.size() - LONGEST_LIST) + " more");
      }
    }
  }

  private static int exitCodeOf(List<Outcome> outcomes) {
    return outcomes.stream().anyMatch(Outcome::isFailure) ? 1 : 0;
  }
}
