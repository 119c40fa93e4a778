package dev.sluice.validatesrunner;

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
   * Some tests that do not run for one reason.
   *
   * @param part what {@code class#method} contains
   */
  record Entry(String part, String reason) {
    boolean names(BeamTest test) {
      return test.id().contains(part);
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
        Entry entry = new Entry(fields[1], fields[2]);
        if (catalog.stream().noneMatch(entry::names)) {
          throw new IllegalArgumentException("no test of " + where + " is named: " + line);
        }
        entries.add(entry);
      }
    }
    return new LeftOut(entries);
  }

  List<Entry> entries() {
    return entries;
  }

  boolean names(BeamTest test) {
    return entries.stream().anyMatch(entry -> entry.names(test));
  }

  /** Those of the tests that do run. */
  List<BeamTest> without(Collection<BeamTest> tests) {
    return tests.stream().filter(test -> !names(test)).toList();
  }
}
