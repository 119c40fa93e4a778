package dev.sluice.examples.wordcount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

@Timeout(120)
class WordCountExampleTest {
  @TempDir Path folder;
  private final StringWriter shown = new StringWriter();

  @Test
  void countsWhatTrSortAndUniqCount() throws Exception {
    Path input = folder.resolve("random.txt");
    Files.writeString(input, randomText());
    String reference =
        shell(
            "LC_ALL=C tr -s '[:space:]' '\\n' < '"
                + input
                + "' | grep . | LC_ALL=C sort | uniq -c | sed 's/^ *//' | LC_ALL=C sort");

    assertThat(run(input.toString())).isZero();

    assertThat(String.join("\n", lines())).isEqualTo(reference.strip());
  }

  @Test
  void countsAllFilesOfAGlobAndReplacesEarlierCounts() throws Exception {
    Files.writeString(folder.resolve("a.txt"), "to be or\nnot to be\n");
    Files.writeString(folder.resolve("b.txt"), "to\tdo");
    Files.createDirectories(folder.resolve("out"));
    Files.writeString(folder.resolve("out/counts-00007-of-00009"), "99 stale\n");

    assertThat(run(folder + "/*.txt")).isZero();

    assertThat(lines()).containsExactly("1 do", "1 not", "1 or", "2 be", "3 to");
    assertThat(shown.toString()).contains("8 words, 5 different ones");
  }

  @Test
  void ofManyFilesAHandfulIsShownAndTheirNumber() {
    assertThat(WordCountExample.described(List.of("a", "b", "c", "d")))
        .containsExactly("  a", "  b", "  c", "  d");
    assertThat(WordCountExample.described(List.of("a", "b", "c", "d", "e", "f", "g")))
        .containsExactly("  a", "  b", "  c", "  d", "  and 3 more: 7 files in all");
  }

  @Test
  void aFileThatIsNotThereIsNamedBeforeAnythingRuns() {
    String absent = folder.resolve("absent.txt").toString();
    assertThatThrownBy(() -> run(absent))
        .isInstanceOf(UserError.class)
        .hasMessage("--input=" + absent + ": no file matches");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  private int run(String input) throws Exception {
    WordCountExample example = new WordCountExample();
    new CommandLine(example).parseArgs("--input=" + input, "--output=" + folder.resolve("out"));
    try (Screen screen = Screen.plain(new PrintWriter(shown))) {
      return example.run(
          PipelineOptionsFactory.fromArgs("--runner=SluiceRunner", "--parallelism=2").create(),
          screen);
    }
  }

  private List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("out"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines.stream().sorted().toList();
  }

  /** Words between every kind of white space, at line ends of every kind. */
  private static String randomText() {
    Random random = new Random(42);
    String[] spaces = {" ", "\t", "\n", "\r\n", "\r", "\u000b", "\f", "  \n\n "};
    return random
        .ints(20_000, 0, 500)
        .mapToObj(word -> "w" + word * word + spaces[random.nextInt(spaces.length)])
        .collect(Collectors.joining());
  }

  private static String shell(String command) throws Exception {
    Process process = new ProcessBuilder("bash", "-c", command).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
