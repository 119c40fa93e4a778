package dev.sluice.validatesrunner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a run leaves behind for whoever looks into a failure: one table per mode, and the stack
 * trace or thread dump of each failed test in a file of its own.
 */
final class ResultFiles {

  private ResultFiles() {}

  static void write(Path folder, Mode mode, List<Outcome> outcomes) throws IOException {
    Path details = folder.resolve(mode.label());
    Files.createDirectories(details);
    List<String> table = new ArrayList<>();
    table.add("status\tmillis\ttest\tneed\tcause");
    for (Outcome outcome : outcomes) {
      BeamTest test = outcome.test();
      table.add(
          "%s\t%d\t%s\t%s\t%s"
              .formatted(
                  outcome.status(), outcome.millis(), test.id(), test.need(), outcome.cause()));
      Path detail = details.resolve(test.label() + ".txt");
      if (outcome.isFailure()) {
        Files.writeString(detail, outcome.cause() + "\n\n" + outcome.detail());
      } else {
        Files.deleteIfExists(detail);
      }
    }
    Files.write(table(folder, mode), table);
  }

  /** Where the table of a mode is: a line per test after that of the columns, its status first. */
  static Path table(Path folder, Mode mode) {
    return folder.resolve(mode.label() + ".tsv");
  }

  /** The cause without what differs between tests, so that the same fault groups together. */
  static String group(Outcome outcome) {
    return outcome.cause().replaceAll("0x[0-9a-f]+|@[0-9a-f]{4,}|\\d+", "N");
  }
}
