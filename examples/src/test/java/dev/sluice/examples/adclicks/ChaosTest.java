package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** {@code sluice chaos}, shortly: real processes, {@code kill -9}, a real broker. */
@Timeout(180)
final class ChaosTest {
  private final StringWriter shown = new StringWriter();

  @Test
  void nothingIsLostAndNothingCountedTwice() throws Exception {
    int exitCode = run("--minutes=0.34", "--killEverySeconds=6", "--rate=500");

    assertThat(exitCode).as(shown.toString()).isZero();
    assertThat(shown.toString())
        .contains("check PASSED")
        .containsPattern("lost +0\\R")
        .containsPattern("duplicated +0\\R")
        .containsPattern("kills +3\\R")
        .containsPattern("recoveries +[1-3],");
  }

  @Test
  void optionsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> run("--minutes=0"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("--minutes");
    assertThatThrownBy(() -> run("--rate=-1")).hasMessageContaining("--rate");
  }

  private int run(String... arguments) throws Exception {
    Chaos chaos = new Chaos();
    new CommandLine(chaos).parseArgs(arguments);
    try (Screen screen = Screen.plain(new PrintWriter(shown))) {
      return chaos.run(screen);
    }
  }
}
