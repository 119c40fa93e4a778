package dev.sluice.validatesrunner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The list of tests that are agreed to fail, each by mode and with a reason. Immutable. The list is
 * exact: a test on it that passes is as much a fault as one that fails without being on it.
 *
 * <p>One line per test: {@code both|streaming|bounded}, the test's id, and the reason, separated by
 * blanks; lines that start with {@code #} are comments.
 */
final class ExpectedFailures {

  /** Whether an outcome is the agreed one. */
  enum Verdict {
    PASSES(true),
    FAILS_AS_EXPECTED(true),
    IGNORED_BY_BEAM(true),
    FAILS_UNEXPECTEDLY(false),
    PASSES_UNEXPECTEDLY(false);

    private final boolean agreed;

    Verdict(boolean agreed) {
      this.agreed = agreed;
    }

    boolean isAgreed() {
      return agreed;
    }
  }

  private static final String BOTH = "both";

  private final Map<Mode, Map<String, String>> reasons;

  private ExpectedFailures(Map<Mode, Map<String, String>> reasons) {
    this.reasons = reasons;
  }

  /** Reads a list. Every line must name a test that exists, once per mode, and give a reason. */
  static ExpectedFailures read(Path file, Collection<BeamTest> catalog) throws IOException {
    return parse(Files.readAllLines(file), catalog);
  }

  static ExpectedFailures parse(List<String> lines, Collection<BeamTest> catalog) {
    SortedSet<String> known =
        catalog.stream().map(BeamTest::id).collect(Collectors.toCollection(TreeSet::new));
    Map<Mode, Map<String, String>> reasons = new EnumMap<>(Mode.class);
    for (Mode mode : Mode.values()) {
      reasons.put(mode, new TreeMap<>());
    }
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        addLine(i + 1, line, known, reasons);
      }
    }
    return new ExpectedFailures(reasons);
  }

  private static void addLine(
      int number, String line, SortedSet<String> known, Map<Mode, Map<String, String>> reasons) {
    String[] parts = line.split("\\s+", 3);
    if (parts.length < 3) {
      throw new IllegalArgumentException(
          "expected failures, line " + number + ": mode, test and reason wanted, not: " + line);
    }
    if (!known.contains(parts[1])) {
      throw new IllegalArgumentException(
          "expected failures, line " + number + ": there is no test " + parts[1]);
    }
    for (Mode mode : modesOf(parts[0], number)) {
      if (reasons.get(mode).put(parts[1], parts[2]) != null) {
        throw new IllegalArgumentException(
            "expected failures, line " + number + ": a second line for " + parts[1]);
      }
    }
  }

  private static List<Mode> modesOf(String word, int number) {
    if (word.equals(BOTH)) {
      return List.of(Mode.values());
    }
    for (Mode mode : Mode.values()) {
      if (mode.label().equals(word)) {
        return List.of(mode);
      }
    }
    throw new IllegalArgumentException(
        "expected failures, line " + number + ": both, streaming or bounded wanted, not " + word);
  }

  /** The reason why the test may fail in this mode, or an empty string. */
  String reason(Mode mode, String testId) {
    return reasons.get(mode).getOrDefault(testId, "");
  }

  Verdict judge(Outcome outcome) {
    if (outcome.status() == Outcome.Status.IGNORED) {
      return Verdict.IGNORED_BY_BEAM;
    }
    boolean expected = reasons.get(outcome.mode()).containsKey(outcome.test().id());
    if (outcome.isFailure()) {
      return expected ? Verdict.FAILS_AS_EXPECTED : Verdict.FAILS_UNEXPECTEDLY;
    }
    return expected ? Verdict.PASSES_UNEXPECTEDLY : Verdict.PASSES;
  }

  /** The list that would fit these outcomes, keeping the reasons given so far. */
  List<String> linesFor(Collection<Outcome> outcomes) {
    Map<BeamTest, EnumMap<Mode, String>> failing = new TreeMap<>();
    for (Outcome outcome : outcomes) {
      if (outcome.isFailure()) {
        String given = reason(outcome.mode(), outcome.test().id());
        String reason = given.isEmpty() ? outcome.test().need().words() : given;
        failing
            .computeIfAbsent(outcome.test(), test -> new EnumMap<>(Mode.class))
            .put(outcome.mode(), reason);
      }
    }
    List<String> lines = new ArrayList<>();
    failing.forEach(
        (test, byMode) -> {
          boolean same = byMode.values().stream().distinct().count() == 1;
          if (same && byMode.size() == Mode.values().length) {
            lines.add(BOTH + " " + test.id() + " " + byMode.values().iterator().next());
          } else {
            byMode.forEach(
                (mode, reason) -> lines.add(mode.label() + " " + test.id() + " " + reason));
          }
        });
    return lines;
  }
}
