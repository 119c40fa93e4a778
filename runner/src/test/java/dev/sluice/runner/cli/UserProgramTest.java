package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Somebody's own jar, run and explained by a {@code sluice} process of its own. */
@Timeout(120)
class UserProgramTest {
  private static final String SOURCE =
      """
      package my;
      import org.apache.beam.sdk.Pipeline;
      import org.apache.beam.sdk.options.*;
      import org.apache.beam.sdk.transforms.*;
      public class Main {
        public interface Options extends PipelineOptions {
          int getDivisor();
          void setDivisor(int divisor);
        }
        static class Divide extends DoFn<Integer, Integer> {
          @ProcessElement
          public void process(@Element Integer n, PipelineOptions options, OutputReceiver<Integer> out) {
            out.output(n / options.as(Options.class).getDivisor());
          }
        }
        static class Print extends DoFn<Integer, Void> {
          @ProcessElement
          public void process(@Element Integer n) {
            System.out.println("result " + n);
          }
        }
        public static void main(String[] args) {
          Options options = PipelineOptionsFactory.fromArgs(args).withValidation().as(Options.class);
          Pipeline pipeline = Pipeline.create(options);
          pipeline.apply(Create.of(100)).apply("Divide", ParDo.of(new Divide())).apply("Print", ParDo.of(new Print()));
          pipeline.run();
        }
      }
      """;

  /** Fails at a number, and at each that follows. */
  private static final String FAILING =
      """
      package my;
      import org.apache.beam.sdk.Pipeline;
      import org.apache.beam.sdk.io.GenerateSequence;
      import org.apache.beam.sdk.options.PipelineOptionsFactory;
      import org.apache.beam.sdk.transforms.*;
      import org.joda.time.Duration;
      public class Failing {
        static class Fail extends DoFn<Long, Void> {
          @ProcessElement
          public void process(@Element Long n) {
            if (n > 500) {
              throw new IllegalStateException("as told");
            }
          }
        }
        public static void main(String[] args) {
          Pipeline pipeline = Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
          pipeline.apply(GenerateSequence.from(0).withRate(1, Duration.millis(1))).apply(ParDo.of(new Fail()));
          pipeline.run();
        }
      }
      """;

  @TempDir static Path folder;
  private static Path jar;

  private record Outcome(int exitCode, String out, String err) {}

  @BeforeAll
  static void compile() throws IOException {
    Path source = folder.resolve("Main.java");
    Files.writeString(source, SOURCE);
    Path failing = folder.resolve("Failing.java");
    Files.writeString(failing, FAILING);
    Path classes = folder.resolve("classes");
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString(),
                failing.toString());
    assertThat(result).isZero();
    jar = folder.resolve("my.jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file);
        Stream<Path> paths = Files.walk(classes)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        entries.putNextEntry(new JarEntry(classes.relativize(path).toString()));
        entries.write(Files.readAllBytes(path));
      }
    }
  }

  @Test
  void itsJobRunsToTheEndAlthoughItsMainDoesNotWait() throws Exception {
    Outcome outcome = sluice("run", "--jar=" + jar, "--class=my.Main", "--", "--divisor=5");

    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out()).isEqualToIgnoringNewLines("result 20");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void aDoFnThatThrowsIsNamedWithoutAStackTrace() throws Exception {
    Outcome outcome = sluice("run", "--jar=" + jar, "--class=my.Main", "--", "--divisor=0");

    assertThat(outcome.exitCode()).isEqualTo(Sluice.FAILED);
    assertThat(outcome.err())
        .contains("error: transform 'Divide")
        .contains("ArithmeticException: / by zero")
        .contains("at my.Main$Divide.process(Main.java:13)")
        .doesNotContain("\tat ");
    assertThat(outcome.err().lines()).hasSizeLessThan(5);
  }

  @Test
  void aJobThatIsStartedAgainSaysWhereItGoesOn() throws Exception {
    String storage = "--checkpointStorage=" + folder.resolve("checkpoints");
    String[] run = {
      "run",
      "--jar=" + jar,
      "--class=my.Failing",
      "--",
      "--jobName=again",
      storage,
      "--checkpointIntervalMs=20",
      "--restartAttempts=1"
    };
    Outcome first = sluice(run);
    assertThat(first.exitCode()).as(first.err()).isEqualTo(Sluice.FAILED);
    assertThat(first.err()).doesNotContain("resumes from");

    Outcome second = sluice(run);
    assertThat(second.err()).contains("job again resumes from checkpoint ").contains(" s old in ");

    String[] fresh = Arrays.copyOf(run, run.length + 1);
    fresh[run.length] = "--fresh";
    Outcome third = sluice(fresh);
    assertThat(third.err())
        .contains("job again starts over and leaves checkpoint ")
        .contains(" behind");
  }

  @Test
  void anOptionThatCannotBeReadIsNamed() throws Exception {
    Outcome outcome = sluice("run", "--jar=" + jar, "--class=my.Main", "--", "--divisor=five");

    assertThat(outcome.exitCode()).isEqualTo(Sluice.BAD_INPUT);
    assertThat(outcome.err()).contains("option --divisor=five: ").doesNotContain("\tat ");
  }

  @Test
  void explainShowsItsGraphAndRunsNothing() throws Exception {
    Outcome outcome = sluice("explain", "--jar=" + jar, "--class=my.Main", "--", "--divisor=5");

    assertThat(outcome.out()).contains("Divide").contains("Print").doesNotContain("result");
    assertThat(outcome.exitCode()).isZero();

    outcome =
        sluice("explain", "--mermaid", "--jar=" + jar, "--class=my.Main", "--", "--divisor=5");
    assertThat(outcome.out()).startsWith("flowchart").contains("Divide");
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    Outcome outcome = sluice("run", "--jar=" + folder.resolve("no.jar"), "--class=my.Main");
    assertThat(outcome.exitCode()).isEqualTo(Sluice.BAD_INPUT);
    assertThat(outcome.err()).contains("--jar=").contains("there is no file").contains("no.jar");

    outcome = sluice("run", "--jar=" + jar, "--class=my.Mian");
    assertThat(outcome.exitCode()).isEqualTo(Sluice.BAD_INPUT);
    assertThat(outcome.err()).contains("--class=my.Mian: no such class");
  }

  private static Outcome sluice(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // As bin/sluice starts it: newer JVMs warn of Beam's libraries.
    int javaVersion = Runtime.version().feature();
    if (javaVersion >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    if (javaVersion >= 23) {
      command.add("--sun-misc-unsafe-memory-access=allow");
    }
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add(Sluice.class.getName());
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("still running: " + String.join(" ", arguments));
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
