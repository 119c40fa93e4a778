package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each line is in the files once, although the job fails between writing them and naming them. */
final class FilesOnceTest {
  private static final Naming ALL = new Naming("all");
  private static final Naming LATE = new Naming("late");

  @TempDir Path temp;

  @Test
  void filesOfAStreamAppearOnce() throws InterruptedException, IOException {
    linesAreThereOnce(
        ALL,
        numbers -> numbers.apply(Window.into(FixedWindows.of(Duration.millis(200)))),
        (window, pane, shards, shard, compression) -> ALL.name(window, pane, shards, shard));
  }

  @Test
  void filesOfLatePanesAppearOnce() throws InterruptedException, IOException {
    linesAreThereOnce(
        LATE,
        numbers ->
            numbers
                .apply(ParDo.of(new SomeAreLate()))
                .apply(
                    Window.<String>into(FixedWindows.of(Duration.millis(200)))
                        .withAllowedLateness(Duration.standardHours(1))
                        .discardingFiredPanes()),
        (window, pane, shards, shard, compression) ->
            pane.getTiming() == PaneInfo.Timing.LATE
                ? LATE.name(window, pane, shards, shard)
                : LATE.nameWithoutFailure(window, pane, shards, shard));
  }

  private void linesAreThereOnce(
      Naming counted,
      SerializableFunction<PCollection<String>, PCollection<String>> windowed,
      FileIO.Write.FileNaming naming)
      throws InterruptedException, IOException {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--checkpointStorage=" + temp.resolve("checkpoints"),
                // A checkpoint may release so many files at once that all failures are before the
                // next one.
                "--restartAttempts=10")
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("files");
    options.setCheckpointIntervalMs(50);
    options.setParallelism(2);
    Pipeline pipeline = Pipeline.create(options);
    Path files = Files.createDirectories(temp.resolve("files"));
    windowed
        .apply(
            pipeline
                .apply(GenerateSequence.from(0).withRate(5, Duration.millis(1)))
                .apply(MapElements.into(TypeDescriptors.strings()).via(number -> "" + number)))
        .apply(
            FileIO.<String>write()
                .via(TextIO.sink())
                .to(files.toString())
                .withNaming(naming)
                .withNumShards(2));
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    assertThat(counted.afterFailures.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(job.drain()).isEqualTo(State.DONE);

    // Two splits, of the even and of the odd numbers, were drained where they were.
    for (int split = 0; split < 2; split++) {
      int parity = split;
      List<Long> lines = lines(files).stream().filter(line -> line % 2 == parity).toList();
      assertThat(lines)
          .isEqualTo(LongStream.range(0, lines.size()).map(i -> 2 * i + parity).boxed().toList());
    }
  }

  /** The names of the files of one job; some fail. */
  private static final class Naming {
    private final String prefix;
    private final AtomicInteger named = new AtomicInteger();
    final CountDownLatch afterFailures = new CountDownLatch(40);

    Naming(String prefix) {
      this.prefix = prefix;
    }

    /** Fails three times, at moments at which files are written but have no name yet. */
    String name(BoundedWindow window, PaneInfo pane, int shards, int shard) {
      int count = named.incrementAndGet();
      if (count == 7 || count == 20 || count == 33) {
        throw new IllegalStateException("fails before a file has its name");
      }
      if (count > 33) {
        afterFailures.countDown();
      }
      return nameWithoutFailure(window, pane, shards, shard);
    }

    String nameWithoutFailure(BoundedWindow window, PaneInfo pane, int shards, int shard) {
      return "%s-w%d-p%d-%d-of-%d"
          .formatted(prefix, window.maxTimestamp().getMillis(), pane.getIndex(), shard, shards);
    }
  }

  /** Puts some elements into a window that has been over for long. */
  static final class SomeAreLate extends DoFn<String, String> {
    private static final Duration DELAY = Duration.standardSeconds(3);

    @ProcessElement
    public void process(
        @Element String line, @Timestamp Instant timestamp, OutputReceiver<String> out) {
      out.outputWithTimestamp(
          line, Long.parseLong(line) % 200 < 2 ? timestamp.minus(DELAY) : timestamp);
    }

    @Override
    @SuppressWarnings("deprecation") // the only way to an element that is late
    public Duration getAllowedTimestampSkew() {
      return DELAY;
    }
  }

  private static List<Long> lines(Path files) throws IOException {
    List<Long> lines = new ArrayList<>();
    try (Stream<Path> all = Files.list(files)) {
      all.filter(Files::isRegularFile).forEach(file -> read(file).forEach(lines::add));
    }
    lines.sort(null);
    return lines;
  }

  private static List<Long> read(Path file) {
    try {
      return Files.readAllLines(file).stream().map(Long::valueOf).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
