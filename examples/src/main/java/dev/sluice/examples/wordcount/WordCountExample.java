package dev.sluice.examples.wordcount;

import dev.sluice.runner.cli.Example;
import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.options.PipelineOptions;
import org.joda.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice run word-count}: checks the files, runs {@link WordCount} and says what it found.
 */
@Command(
    name = "word-count",
    description = "Count the words of your own text files (a bounded pipeline).",
    footer = {
      "",
      "sluice run word-count --input='docs/*.md' --output=target/words",
      "",
      "A word is what stands between white space, so these two print the same:",
      "  cat target/words/counts-* | LC_ALL=C sort",
      "  cat docs/*.md | tr -s '[:space:]' '\\n' | grep . | LC_ALL=C sort | uniq -c \\",
      "    | sed 's/^ *//' | LC_ALL=C sort",
    })
public final class WordCountExample implements Example {
  private static final String FILES = "counts";
  private static final int FILES_SHOWN = 4;
  private static final Duration REDRAW_TIME = Duration.millis(300);

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "A text file in UTF-8, or a glob in quotes.")
  String input = "";

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description =
          "Where the files counts-00000-of-0000N go, with lines \"count word\". Those of an"
              + " earlier run are replaced.")
  String output = "";

  @Override
  public Pipeline pipeline(PipelineOptions options) {
    FileSystems.setDefaultPipelineOptions(options);
    Pipeline pipeline = Pipeline.create(options);
    WordCount.addTo(pipeline, input.isEmpty() ? "FILE" : input, outputFolder() + FILES);
    return pipeline;
  }

  @Override
  public int run(PipelineOptions options, Screen screen) throws Exception {
    required("--input", input);
    required("--output", output);
    Pipeline pipeline = pipeline(options);
    long bytes = inputBytes();
    checkOutput();
    deleteEarlierCounts();
    long start = System.nanoTime();
    PipelineResult result = pipeline.run();
    PipelineResult.State state = showUntilEnd(result, screen);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (state != PipelineResult.State.DONE) {
      screen.print("word-count ended " + state);
      return 1;
    }
    screen.print(
        String.format(
            Locale.ROOT,
            "%,d words, %,d different ones, from %,d bytes in %.1f s",
            counter(result, WordCount.WORDS),
            counter(result, WordCount.DISTINCT_WORDS),
            bytes,
            seconds));
    described(counts()).forEach(screen::print);
    return 0;
  }

  /** A handful of the files, a line each, and how many there are. */
  static List<String> described(List<?> files) {
    Stream<String> some = files.stream().limit(FILES_SHOWN).map(file -> "  " + file);
    int more = files.size() - FILES_SHOWN;
    return more <= 0
        ? some.toList()
        : Stream.concat(
                some,
                Stream.of(
                    String.format(
                        Locale.ROOT, "  and %,d more: %,d files in all", more, files.size())))
            .toList();
  }

  private static PipelineResult.State showUntilEnd(PipelineResult result, Screen screen) {
    while (true) {
      PipelineResult.State state = result.waitUntilFinish(REDRAW_TIME);
      if (state != null && state.isTerminal()) {
        screen.clear();
        return state;
      }
      if (screen.redraws()) {
        long words = counter(result, WordCount.WORDS);
        screen.show(List.of(String.format(Locale.ROOT, "%,d words so far ...", words)));
      }
    }
  }

  private long inputBytes() {
    if (Files.isDirectory(Path.of(input))) {
      throw new UserError("--input=" + input + " is a folder; give its files: '" + input + "/*'");
    }
    MatchResult match;
    try {
      match = FileSystems.match(input, EmptyMatchTreatment.DISALLOW);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserError("--input=" + input + ": " + e.getMessage(), e);
    }
    try {
      return match.metadata().stream().mapToLong(MatchResult.Metadata::sizeBytes).sum();
    } catch (FileNotFoundException e) {
      throw new UserError("--input=" + input + ": no file matches", e);
    } catch (IOException e) {
      throw new UserError("--input=" + input + ": " + e.getMessage(), e);
    }
  }

  private void deleteEarlierCounts() throws IOException {
    List<ResourceId> earlier = counts();
    if (!earlier.isEmpty()) {
      FileSystems.delete(earlier);
    }
  }

  private List<ResourceId> counts() throws IOException {
    try {
      return FileSystems.match(outputFolder() + FILES + "-*-of-*", EmptyMatchTreatment.ALLOW)
          .metadata()
          .stream()
          .map(MatchResult.Metadata::resourceId)
          .sorted(Comparator.comparing(ResourceId::toString))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new UserError("--output=" + output + ": " + e.getMessage(), e);
    }
  }

  /** A folder on this machine must be there, or it must be possible to make it. */
  private void checkOutput() {
    if (!FileSystems.matchNewResource(output, true).getScheme().equals("file")) {
      return;
    }
    Path existing = Path.of(output).toAbsolutePath();
    while (!Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      throw new UserError("--output=" + output + ": cannot write to " + existing);
    }
  }

  private String outputFolder() {
    return FileSystems.matchNewResource(output.isEmpty() ? "FOLDER" : output, true).toString();
  }

  private static void required(String option, String value) {
    if (value.isEmpty()) {
      throw new UserError(option + " is missing; see 'sluice run word-count --help'");
    }
  }

  private static long counter(PipelineResult result, String name) {
    Iterable<MetricResult<Long>> counters =
        result
            .metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.named(WordCount.class, name))
                    .build())
            .getCounters();
    long sum = 0;
    for (MetricResult<Long> counter : counters) {
      sum += counter.getAttempted();
    }
    return sum;
  }
}
