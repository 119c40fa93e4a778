package dev.sluice.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What somebody does who unpacks the archive on a machine with a JDK and nothing else. */
class ArchiveTest {
  @TempDir private static Path folder;
  private static Path command;

  private record Outcome(int exitCode, String output) {}

  @BeforeAll
  static void unpack() throws Exception {
    Outcome unpacked =
        run(
            folder,
            List.of("tar", "-xzf", System.getProperty("sluice.archive")),
            pathOfTheSystem());
    assertThat(unpacked).isEqualTo(new Outcome(0, ""));
    try (Stream<Path> entries = Files.list(folder)) {
      command = entries.findFirst().orElseThrow().resolve("bin/sluice");
    }
  }

  @Test
  void itCountsWordsWithAJdkAlone() throws Exception {
    Path input = Files.writeString(folder.resolve("words.txt"), "to be or not to be\n");
    Outcome counted =
        sluice("run", "word-count", "--input=" + input, "--output=" + folder.resolve("out/counts"));
    assertThat(counted.exitCode()).as(counted.output()).isZero();
    assertThat(linesBelow(folder.resolve("out")))
        .containsExactlyInAnyOrder("2 to", "2 be", "1 or", "1 not");
  }

  @Test
  void itRunsTheExampleThatBringsABroker() throws Exception {
    Outcome clicks = sluice("run", "ad-clicks", "--duration=5", "--rate=1000");
    assertThat(clicks.exitCode()).as(clicks.output()).isZero();
  }

  @Test
  void nothingInItIsForTestingTheEngine() throws IOException {
    Path lib = command.getParent().resolveSibling("lib");
    try (Stream<Path> jars = Files.list(lib)) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .anyMatch(jar -> jar.startsWith("sluice-runner-"))
          .noneMatch(jar -> jar.startsWith("sluice-testing-"));
    }
  }

  private static List<String> linesBelow(Path place) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  /** With a path on which there is this JDK, but no Maven. */
  private static Outcome sluice(String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("bash", command.toString()));
    line.addAll(List.of(arguments));
    String jdk = Path.of(System.getProperty("java.home"), "bin").toString();
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool :
        List.of("bash", "sed", "head", "find", "readlink", "dirname", "mkdir", "cat")) {
      Path link = tools.resolve(tool);
      if (Files.notExists(link)) {
        Files.createSymbolicLink(link, whereIs(tool));
      }
    }
    return run(folder, line, jdk + File.pathSeparator + tools);
  }

  private static Path whereIs(String tool) {
    return Stream.of("/usr/bin", "/bin")
        .map(place -> Path.of(place, tool))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  private static String pathOfTheSystem() {
    return System.getenv("PATH");
  }

  private static Outcome run(Path in, List<String> line, String path) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(line).directory(in.toFile());
    builder.environment().put("PATH", path);
    builder.environment().remove("JAVA_HOME");
    Process process = builder.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output);
  }
}
