package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person sees whose command line, or whose jar, is not right. */
class CommandMistakesTest {
  private static final String SOURCE =
      """
      package my;
      public class Main {
        public static void main(String[] args) {
          Library.call();
        }
      }
      class Library {
        static void call() {
          throw new IllegalStateException("no configuration");
        }
      }
      class Idle {
        public static void main(String[] args) {}
      }
      class Mainless {}
      """;

  /**
   * A mistake.
   *
   * @param arguments of the command; {@code JARS} stands for the folder with the jars
   * @param exitCode what the command ends with
   * @param says pieces of the message
   */
  private record Row(String arguments, int exitCode, List<String> says) {
    static Row of(String arguments, int exitCode, String... says) {
      return new Row(arguments, exitCode, List.of(says));
    }

    @Override
    public String toString() {
      return arguments;
    }
  }

  @TempDir static Path jars;
  private final ClassLoader loader = Thread.currentThread().getContextClassLoader();

  static Stream<Row> rows() {
    return Stream.of(
        Row.of("rnu", Sluice.BAD_INPUT, "'rnu'", "see 'sluice --help'"),
        Row.of("run word-cuont", Sluice.BAD_INPUT, "no example 'word-cuont'", "see 'sluice run"),
        Row.of("run --jar=JARS/my.jar", Sluice.BAD_INPUT, "--jar and --class belong together"),
        Row.of(
            "run --jar=JARS/my.jar --class=my.Main --parallelism=2",
            Sluice.BAD_INPUT,
            "'--parallelism=2'",
            "options of your own pipeline come after --"),
        Row.of(
            "run --jar=JARS/no.jar --class=my.Main",
            Sluice.BAD_INPUT,
            "--jar=",
            "there is no file",
            "no.jar"),
        Row.of(
            "run --jar=JARS/text.jar --class=my.Main",
            Sluice.BAD_INPUT,
            "text.jar is not a jar, or"),
        Row.of(
            "run --jar=JARS/my.jar --class=Main",
            Sluice.BAD_INPUT,
            "--class=Main: no such class",
            "give its full name, with the package"),
        Row.of(
            "run --jar=JARS/my.jar --class=my.Mainless",
            Sluice.BAD_INPUT,
            "--class=my.Mainless",
            "has no public static void main(String[])"),
        Row.of(
            "run --jar=JARS/my.jar --class=my.Main",
            Sluice.FAILED,
            "IllegalStateException: no configuration",
            "at my.Library.call(Main.java:9)"),
        Row.of(
            "run --jar=JARS/thin.jar --class=my.Main",
            Sluice.FAILED,
            "NoClassDefFoundError: my/Library",
            "at my.Main.main(Main.java:4)",
            "The class is in no jar",
            "--jar=my.jar:library.jar"),
        Row.of(
            "run --jar=JARS/my.jar --class=my.Idle",
            0,
            "my.Idle has ended without running a pipeline on Sluice",
            "call pipeline.run()"),
        Row.of(
            "savepoint inspect JARS",
            Sluice.BAD_INPUT,
            "there is no savepoint in",
            "it has no savepoint.json"));
  }

  @BeforeAll
  static void makeJars() throws IOException {
    Path source = Files.writeString(jars.resolve("Main.java"), SOURCE);
    Path classes = jars.resolve("classes");
    int failed =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-d", classes.toString(), source.toString());
    assertThat(failed).isZero();
    jar("my.jar", classes, List.of("Main", "Library", "Idle", "Mainless"));
    jar("thin.jar", classes, List.of("Main"));
    Files.writeString(jars.resolve("text.jar"), "no jar");
  }

  private static void jar(String name, Path classes, List<String> content) throws IOException {
    try (OutputStream file = Files.newOutputStream(jars.resolve(name));
        JarOutputStream entries = new JarOutputStream(file)) {
      for (String simpleName : content) {
        String path = "my/" + simpleName + ".class";
        entries.putNextEntry(new JarEntry(path));
        entries.write(Files.readAllBytes(classes.resolve(path)));
      }
    }
  }

  @AfterEach
  void forgetTheProgram() {
    Thread.currentThread().setContextClassLoader(loader);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void isExplained(Row row) {
    List<String> arguments = new ArrayList<>();
    for (String argument : row.arguments().split(" ", -1)) {
      arguments.add(argument.replace("JARS", jars.toString()));
    }
    StringWriter err = new StringWriter();

    int exitCode =
        Sluice.execute(
            new PrintWriter(new StringWriter()),
            new PrintWriter(err),
            arguments.toArray(String[]::new));

    assertThat(exitCode).as(err.toString()).isEqualTo(row.exitCode());
    assertThat(err.toString()).contains(row.says()).doesNotContain("\tat ");
    assertThat(err.toString().lines()).hasSizeLessThan(6);
  }
}
