package dev.sluice.validatesrunner;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The tests of a suite, or of ours in one mode, that do not run here, each with its reason.
 * Immutable; read from a file beside this class. Always true: each entry names a test of the suite,
 * so none outlives its test.
 */
final class LeftOut {

  /**
   * Some tests that do not run for one reason; at least one.
   *
   * @param tests in the order of the catalog
   */
  record Entry(List<BeamTest> tests, String reason) {
    Entry {
      tests = List.copyOf(tests);
    }

    /** The names of the tests, for a cell of a table. */
    String names() {
      return tests.stream().map(test -> "`" + test.label() + "`").collect(joining("<br>"));
    }
  }

  private static final String FILE = "left-out.txt";

  private final List<Entry> entries;

  private LeftOut(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** Those of one suite. */
  static LeftOut of(Suite suite, Collection<BeamTest> catalog) {
    return read(suite.label(), catalog);
  }

  /** Those of ValidatesRunner in one mode. */
  static LeftOut of(Mode mode, Collection<BeamTest> catalog) {
    return read(mode.label(), catalog);
  }

  private static LeftOut read(String where, Collection<BeamTest> catalog) {
    try (InputStream file = LeftOut.class.getResourceAsStream(FILE)) {
      String text = new String(file.readAllBytes(), StandardCharsets.UTF_8);
      return parse(where, catalog, text.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static LeftOut parse(String where, Collection<BeamTest> catalog, List<String> lines) {
    List<Entry> entries = new ArrayList<>();
    for (String line : lines) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String[] fields = line.split(" \\| ", 3);
      if (fields.length != 3) {
        throw new IllegalArgumentException(
            "a suite or a mode, a test and a reason wanted, not: " + line);
      }
      if (fields[0].equals(where)) {
        List<BeamTest> named =
            catalog.stream().filter(test -> test.id().contains(fields[1])).toList();
        if (named.isEmpty()) {
          throw new IllegalArgumentException("no test of " + where + " is named: " + line);
        }
        entries.add(new Entry(named, fields[2]));
      }
    }
    return new LeftOut(entries);
  }

  List<Entry> entries() {
    return entries;
  }

  boolean names(BeamTest test) {
    return entries.stream().anyMatch(entry -> entry.tests().contains(test));
  }

  /** Those of the tests that do run. */
  List<BeamTest> without(Collection<BeamTest> tests) {
    return tests.stream().filter(test -> !names(test)).toList();
  }
}
