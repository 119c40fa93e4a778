package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.example.newcomer.Mistake;
import com.example.newcomer.Newcomer;
import dev.sluice.runner.JobFailedException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a person sees who makes one of the {@link Newcomer}'s mistakes: what happened, where, and
 * what to do, on one screen.
 */
@Timeout(60)
class MistakesTest {
  private static final int SCREEN_LINES = 25;
  private static final int SCREEN_COLUMNS = 120;

  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();
  @TempDir Path folder;

  static Stream<Mistake> mistakes() {
    return Newcomer.mistakes();
  }

  @AfterEach
  void forgetTheProgram() {
    Thread.currentThread().setContextClassLoader(loader);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void theCommandExplains(Mistake mistake) {
    mistake.before().accept(folder);
    Newcomer.make(mistake);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("run", "--jar=" + folder, "--class=" + Newcomer.class.getName()));
    arguments.add("--");
    arguments.addAll(mistake.arguments(folder));
    StringWriter err = new StringWriter();

    int exitCode =
        Sluice.execute(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            arguments.toArray(String[]::new));

    assertThat(exitCode).as(err.toString()).isIn(Sluice.FAILED, Sluice.BAD_INPUT);
    assertThat(err.toString())
        .startsWith("error: ")
        .contains(mistake.says())
        .doesNotContain("\tat ", "(null", "failed: null", "error: null");
    assertThat(screenLines(err.toString())).as(err.toString()).isLessThanOrEqualTo(SCREEN_LINES);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void theExceptionOfAJobExplains(Mistake mistake) {
    mistake.before().accept(folder);

    Throwable thrown = catchThrowable(() -> mistake.run(mistake.arguments(folder)));

    assertThat(thrown).isNotNull();
    if (thrown instanceof JobFailedException) {
      assertThat(thrown.getMessage()).contains(mistake.says());
      assertThat(screenLines(thrown.getMessage())).isLessThanOrEqualTo(SCREEN_LINES);
      assertThat(thrown.getStackTrace()[0].getClassName()).isEqualTo(Mistake.class.getName());
    }
  }

  private static int screenLines(String text) {
    return text.lines()
        .mapToInt(line -> Math.max(1, (line.length() + SCREEN_COLUMNS - 1) / SCREEN_COLUMNS))
        .sum();
  }
}
