package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the command says without running anything. */
class CommandLineTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "run --help",
        "explain --help",
        "examples --help",
        "savepoint --help",
        "savepoint inspect --help"
      })
  void helpFitsTheScreenAndEndsWell(String arguments) {
    assertThat(sluice(arguments.split(" "))).isZero();
    assertThat(out.toString()).contains("Usage: sluice");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 80);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void withoutACommandItShowsWhatThereIs() {
    assertThat(sluice()).isZero();
    assertThat(out.toString()).contains("run", "explain", "examples");
  }

  @Test
  void anUnknownCommandIsNamed() {
    assertThat(sluice("rnu")).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("'rnu'").contains("sluice --help");
  }

  @Test
  void anUnknownExampleIsNamed() {
    assertThat(sluice("run", "word-cuont")).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("there is no example 'word-cuont'");
  }

  @Test
  void jarAndClassBelongTogether() {
    assertThat(sluice("run", "--jar=x.jar")).isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("--jar and --class belong together");
  }

  @Test
  void optionsOfThePipelineWithoutTheDashesAreToldWhereToGo() {
    assertThat(sluice("run", "--jar=x.jar", "--class=X", "--parallelism=2"))
        .isEqualTo(Sluice.BAD_INPUT);
    assertThat(err.toString()).contains("'--parallelism=2'").contains("come after --");
  }

  private int sluice(String... arguments) {
    return Sluice.execute(new PrintWriter(out), new PrintWriter(err), arguments);
  }
}
