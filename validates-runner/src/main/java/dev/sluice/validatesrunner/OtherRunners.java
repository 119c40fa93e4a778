package dev.sluice.validatesrunner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many tests of each category Beam's own builds select for its other runners: what their build
 * files say, which nobody has run here. Immutable; read from a file beside this class, whose head
 * describes it. Always true: each of its categories is one of the suite and has as many tests there
 * as the file says, so the numbers are never compared with those of another version of the suite.
 */
final class OtherRunners {

  /**
   * One configuration in which a build runs the suite.
   *
   * @param mark what marks a number as one of this mode, empty for a runner's only mode
   * @param scanned how many tests there are in the jars that the build scans, as a number or {@code
   *     ?}
   * @param selected how many of them it runs
   * @param file Beam's build file that says so
   * @param version the repository and commit of the copy that was read
   */
  record Build(
      String runner,
      String mode,
      String mark,
      String scanned,
      int selected,
      String file,
      String version,
      String age) {}

  private static final String FILE = "other-runners.txt";
  private static final String NO_MARK = "-";
  private static final String EXCLUDED = "-";
  private static final String UNKNOWN = "?";
  private static final int BUILD_FIELDS = 9;
  private static final int TOGETHER_FIELDS = 3;
  private static final int FIELDS_BEFORE_CELLS = 3;

  private final List<Build> builds;
  private final SortedMap<String, Integer> together;
  private final SortedMap<String, List<String>> cells;

  private OtherRunners(
      List<Build> builds,
      SortedMap<String, Integer> together,
      SortedMap<String, List<String>> cells) {
    this.builds = List.copyOf(builds);
    this.together = together;
    this.cells = cells;
  }

  /** What the file says, checked against all tests of the suite. */
  static OtherRunners load(Collection<BeamTest> catalog) {
    try (InputStream file = OtherRunners.class.getResourceAsStream(FILE)) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return parse(catalog, text.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static OtherRunners parse(Collection<BeamTest> catalog, List<String> lines) {
    List<Build> builds = new ArrayList<>();
    SortedMap<String, Integer> together = new TreeMap<>();
    SortedMap<String, List<String>> cells = new TreeMap<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      List<String> fields = List.of(line.strip().split("\\s+\\|\\s+", -1));
      if (fields.get(0).equals("build") && fields.size() == BUILD_FIELDS) {
        builds.add(build(fields));
      } else if (fields.get(0).equals("together") && fields.size() == TOGETHER_FIELDS) {
        together.put(fields.get(1), Integer.parseInt(fields.get(2)));
      } else if (fields.get(0).equals("category")
          && fields.size() == FIELDS_BEFORE_CELLS + builds.size()) {
        addCategory(fields, catalog, cells);
      } else {
        throw new IllegalArgumentException(
            "a build, what a runner's builds select together, or a category with a cell for each"
                + " build wanted, not: "
                + line);
      }
    }
    return new OtherRunners(builds, together, cells);
  }

  private static Build build(List<String> fields) {
    return new Build(
        fields.get(1),
        fields.get(2),
        fields.get(3).equals(NO_MARK) ? "" : fields.get(3),
        fields.get(4),
        Integer.parseInt(fields.get(5)),
        fields.get(6),
        fields.get(7),
        fields.get(8));
  }

  private static void addCategory(
      List<String> fields, Collection<BeamTest> catalog, SortedMap<String, List<String>> cells) {
    String category = fields.get(1);
    int tests = Integer.parseInt(fields.get(2));
    long inSuite = catalog.stream().filter(test -> test.categories().contains(category)).count();
    if (inSuite == 0 || inSuite != tests) {
      throw new IllegalArgumentException(
          "%s has %d tests in %s, but %d in the suite: read the builds of this version of Beam anew"
              .formatted(category, tests, FILE, inSuite));
    }
    List<String> selected = fields.subList(FIELDS_BEFORE_CELLS, fields.size());
    for (String cell : selected) {
      boolean word = cell.equals(EXCLUDED) || cell.equals(UNKNOWN);
      if (!word && Integer.parseInt(cell) > tests) {
        throw new IllegalArgumentException(
            "%s has %d tests, of which no build can select %s".formatted(category, tests, cell));
      }
    }
    if (cells.put(category, selected) != null) {
      throw new IllegalArgumentException(FILE + " has two lines for " + category);
    }
  }

  /** All modes of all runners, in the order of the file. */
  List<Build> builds() {
    return builds;
  }

  /** The runners, in the order of the file. */
  List<String> runners() {
    return builds.stream().map(Build::runner).distinct().toList();
  }

  /** The mode in which a runner's build selects most tests of the whole suite. */
  Build best(String runner) {
    Build best = null;
    for (Build build : builds) {
      if (build.runner().equals(runner) && (best == null || build.selected() > best.selected())) {
        best = build;
      }
    }
    if (best == null) {
      throw new IllegalArgumentException("no build of " + runner);
    }
    return best;
  }

  /**
   * How many tests the {@link #best} mode of a runner selects, without those that Sluice does not
   * run.
   *
   * @return a number, or {@code ?} where the file does not know
   */
  String all(String runner) {
    Build main = best(runner);
    List<String> row = cells.get(ConformanceReport.NOT_RUN);
    String notRun = row == null ? UNKNOWN : row.get(builds.indexOf(main));
    return notRun.equals(UNKNOWN) ? UNKNOWN : String.valueOf(main.selected() - number(notRun));
  }

  /**
   * How many tests one mode of a runner or another selects, without those that Sluice does not run.
   *
   * @return a number, or {@code ?} where the file does not know
   */
  String together(String runner) {
    Integer selected = together.get(runner);
    if (selected != null) {
      return selected.toString();
    }
    boolean oneMode = builds.stream().filter(b -> b.runner().equals(runner)).count() == 1;
    return oneMode ? all(runner) : UNKNOWN;
  }

  /**
   * The most tests of a category that any one mode of a runner selects. Of modes that select
   * equally many it is the {@link #best} one, which is the only one that is not marked.
   *
   * @return a number with its mode's mark, {@code 0}, {@code –} where every mode excludes the
   *     category by name, or {@code ?} where the file does not know
   */
  String cell(String runner, String category) {
    List<String> row = cells.get(category);
    Build main = best(runner);
    Build most = null;
    int selected = 0;
    boolean excluded = false;
    boolean none = false;
    for (int i = 0; row != null && i < builds.size(); i++) {
      Build build = builds.get(i);
      String cell = row.get(i);
      if (!build.runner().equals(runner) || cell.equals(UNKNOWN)) {
        continue;
      }
      int tests = number(cell);
      excluded |= cell.equals(EXCLUDED);
      none |= cell.equals("0");
      if (tests > selected || (tests == selected && tests > 0 && build.equals(main))) {
        selected = tests;
        most = build;
      }
    }
    if (most != null) {
      return most.equals(main) ? String.valueOf(selected) : selected + " " + most.mark();
    }
    if (none) {
      return "0";
    }
    return excluded ? "–" : UNKNOWN;
  }

  private static int number(String cell) {
    return cell.equals(EXCLUDED) ? 0 : Integer.parseInt(cell);
  }
}
