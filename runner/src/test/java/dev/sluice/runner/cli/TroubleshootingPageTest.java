package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.newcomer.Newcomer;
import dev.sluice.protocol.FailureKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/troubleshooting.md} quotes what {@link MistakesTest} finds said, and nothing else.
 */
class TroubleshootingPageTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\|");
  private static String page;

  @BeforeAll
  static void read() throws IOException {
    page = Files.readString(Path.of("..", "docs", "troubleshooting.md"));
  }

  @Test
  void whatItQuotesIsSaid() {
    List<String> said = Newcomer.mistakes().flatMap(mistake -> mistake.says().stream()).toList();
    Matcher row = ROW.matcher(page);
    while (row.find()) {
      String quoted = row.group(1);
      assertThat(said).as(quoted).anyMatch(piece -> piece.contains(quoted));
    }
  }

  @Test
  void itKnowsEachKindOfFailure() {
    assertThat(page)
        .contains(
            Arrays.stream(FailureKind.values())
                .map(kind -> "| %s | %s | %s |".formatted(kind, kind.whose(), kind.engineDoes()))
                .toList());
  }
}
