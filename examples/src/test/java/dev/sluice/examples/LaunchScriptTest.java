package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/sluice} on machines that lack something; in an empty checkout, so that it must build.
 */
class LaunchScriptTest {
  @TempDir Path folder;
  private Path script;

  private record Outcome(int exitCode, String output) {}

  @BeforeEach
  void copyScript() throws IOException {
    script = Files.createDirectories(folder.resolve("checkout/bin")).resolve("sluice");
    Files.copy(Path.of("..", "bin", "sluice"), script);
    Path library = Files.createDirectories(script.resolveSibling("lib")).resolve("build.sh");
    Files.copy(Path.of("..", "bin", "lib", "build.sh"), library);
  }

  @Test
  void javaThatIsTooOldIsRefused() throws Exception {
    Path home = javaThatSays("openjdk version \"11.0.2\" 2019-01-15");
    assertFails(
        Map.of("JAVA_HOME", home.toString()), home + "/bin/java is Java 11, which is too old");

    home = javaThatSays("java version \"1.8.0_301\"");
    assertFails(
        Map.of("JAVA_HOME", home.toString()),
        "is Java 8, which is too old; install a JDK, 17 or newer, or set JAVA_HOME");
  }

  @Test
  void javaOnThePathThatIsTooOldIsRefusedToo() throws Exception {
    Path home = javaThatSays("openjdk version \"11.0.2\" 2019-01-15");
    String path = home.resolve("bin") + ":" + System.getenv("PATH");
    assertFails(Map.of("JAVA_HOME", "", "PATH", path), home + "/bin/java is Java 11");
  }

  @Test
  void aJavaHomeWithoutJavaIsNamed() throws Exception {
    assertFails(Map.of("JAVA_HOME", folder.toString()), "JAVA_HOME is " + folder);
  }

  @Test
  void aMissingMavenIsNamed() throws Exception {
    Path home = javaThatSays("openjdk version \"25\" 2025-09-16");
    assertFails(
        Map.of("JAVA_HOME", home.toString(), "MVN", "no-such-maven"),
        "Maven (no-such-maven) is not on the PATH");
  }

  @Test
  void aBuildThatFailsShowsItsErrorsAndItsLog() throws Exception {
    Path home = javaThatSays("openjdk version \"17.0.1\" 2021-10-19");
    Path maven = executable("maven", "echo '[INFO] scanning'; echo '[ERROR] no sun today'; exit 1");
    Outcome outcome = sluice(Map.of("JAVA_HOME", home.toString(), "MVN", maven.toString()));
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.output())
        .contains("[ERROR] no sun today", "target/sluice/command.log")
        .doesNotContain("scanning");
  }

  @Test
  void itIsFoundThroughALink() throws Exception {
    Path home = javaThatSays("openjdk version \"25\" 2025-09-16");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.relativize(script));
    script = link;
    assertFails(
        Map.of("JAVA_HOME", home.toString(), "MVN", "no-such-maven"), "Maven (no-such-maven)");
  }

  private void assertFails(Map<String, String> environment, String message) throws Exception {
    Outcome outcome = sluice(environment);
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.output()).startsWith("error: ").contains(message);
    assertThat(outcome.output().lines()).hasSize(1);
  }

  private Outcome sluice(Map<String, String> environment) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", script.toString(), "--help");
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }

  private Path javaThatSays(String version) throws IOException {
    Path home = Files.createTempDirectory(folder, "jdk");
    Path java = executable("java", "echo '" + version + "' >&2");
    Files.createDirectories(home.resolve("bin"));
    Files.copy(java, home.resolve("bin/java"), StandardCopyOption.COPY_ATTRIBUTES);
    return home;
  }

  private Path executable(String name, String command) throws IOException {
    Path file = folder.resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + command + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }
}
