package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bin/dev} in a checkout of its own, with a Maven that prints what it is asked for. */
class DevScriptTest {
  @TempDir private Path checkout;

  private record Outcome(int exitCode, String output) {}

  @BeforeEach
  void commitACheckout() throws Exception {
    Path library = Files.createDirectories(checkout.resolve("bin/lib"));
    Files.copy(Path.of("..", "bin", "dev"), checkout.resolve("bin/dev"));
    Files.copy(Path.of("..", "bin", "lib", "build.sh"), library.resolve("build.sh"));
    for (String module :
        List.of("state", "worker", "testing", "kafka", "examples", "examples/kafka-broker")) {
      Files.createDirectories(checkout.resolve(module).resolve("src"));
      Files.writeString(checkout.resolve(module).resolve("pom.xml"), "<project/>");
    }
    Path maven = Files.writeString(checkout.resolve("maven"), "#!/bin/bash\necho \"$@\"\n");
    assertThat(maven.toFile().setExecutable(true)).isTrue();
    git("init", "-q");
    git("add", "-A");
    git("-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "Begin");
  }

  @Test
  void aClassOfAModuleIsTestedWithWhatTheModuleNeeds() throws Exception {
    assertThat(dev("test", "worker", "TaskTest", "GateTest"))
        .isEqualTo(
            new Outcome(
                0,
                "-B -q -pl worker -am test -Dtest=TaskTest,GateTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false\n"));
  }

  @Test
  void anUnknownModuleIsNamed() throws Exception {
    Outcome outcome = dev("test", "wroker");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("there is no module wroker; there are: translation");
  }

  @Test
  void whatHasChangedIsTestedWithAllThatDependsOnIt() throws Exception {
    Files.writeString(checkout.resolve("kafka/src/New.java"), "class New {}");
    assertThat(dev("test").output())
        .contains("tests of kafka,examples\n", "-Dtest=dev/sluice/kafka/**,dev/sluice/examples/**");
  }

  @Test
  void aChangeOfTheBrokerIsNoneOfTheExamplesAlone() throws Exception {
    Files.writeString(checkout.resolve("examples/kafka-broker/src/New.java"), "class New {}");
    assertThat(dev("test").output()).contains("tests of examples/kafka-broker,examples\n");
  }

  @Test
  void aChangeOfTheModuleForTestingIsNoneOfWhatItTests() throws Exception {
    Files.writeString(checkout.resolve("testing/src/New.java"), "class New {}");
    assertThat(dev("test").output()).contains("tests of testing,validates-runner\n");
  }

  @Test
  void seedsAreSimulatedByTheModuleForTesting() throws Exception {
    Files.writeString(checkout.resolve("testing/simulate.sh"), "echo simulate \"$@\"\n");
    assertThat(dev("seed", "42", "--trace")).isEqualTo(new Outcome(0, "simulate 42 42 --trace\n"));
    assertThat(dev("seeds", "1", "9")).isEqualTo(new Outcome(0, "simulate 1 9\n"));
  }

  @Test
  void withoutAChangeThereIsNothingToTest() throws Exception {
    assertThat(dev("test")).isEqualTo(new Outcome(0, "nothing has changed since main\n"));
  }

  @Test
  void anUnknownCommandShowsThoseThatThereAre() throws Exception {
    Outcome outcome = dev("tests");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).contains("bin/dev bench", "error: there is no bin/dev tests");
  }

  private Outcome dev(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", checkout.resolve("bin/dev").toString());
    builder.command().addAll(List.of(arguments));
    builder.environment().put("MVN", checkout.resolve("maven").toString());
    return run(builder);
  }

  private void git(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("git", "-C", checkout.toString());
    builder.command().addAll(List.of(arguments));
    assertThat(run(builder)).isEqualTo(new Outcome(0, ""));
  }

  private static Outcome run(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
