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
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each line is in the files once, although the job fails between writing them and naming them. */
final class FilesOnceTest {
  private static final AtomicInteger NAMED = new AtomicInteger();
  private static final CountDownLatch NAMED_AFTER_FAILURE = new CountDownLatch(40);

  @TempDir Path temp;

  @Test
  void filesOfAStreamAppearOnce() throws InterruptedException, IOException {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs("--checkpointStorage=" + temp.resolve("checkpoints"))
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("files");
    options.setCheckpointIntervalMs(50);
    options.setParallelism(2);
    Pipeline pipeline = Pipeline.create(options);
    Path files = Files.createDirectories(temp.resolve("files"));
    pipeline
        .apply(GenerateSequence.from(0).withRate(5, Duration.millis(1)))
        .apply(MapElements.into(TypeDescriptors.strings()).via(number -> "" + number))
        .apply(Window.into(FixedWindows.of(Duration.millis(200))))
        .apply(
            FileIO.<String>write()
                .via(TextIO.sink())
                .to(files.toString())
                .withNaming(FilesOnceTest::name)
                .withNumShards(2));
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    assertThat(NAMED_AFTER_FAILURE.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(job.drain()).isEqualTo(State.DONE);

    // Two splits, of the even and of the odd numbers, were drained where they were.
    for (int split = 0; split < 2; split++) {
      int parity = split;
      List<Long> lines = lines(files).stream().filter(line -> line % 2 == parity).toList();
      assertThat(lines)
          .isEqualTo(LongStream.range(0, lines.size()).map(i -> 2 * i + parity).boxed().toList());
    }
  }

  /** Fails three times, at moments at which files are written but have no name yet. */
  private static String name(
      BoundedWindow window, PaneInfo pane, int shards, int shard, Compression compression) {
    int count = NAMED.incrementAndGet();
    if (count == 7 || count == 20 || count == 33) {
      throw new IllegalStateException("fails before a file has its name");
    }
    if (count > 33) {
      NAMED_AFTER_FAILURE.countDown();
    }
    return "w%d-p%d-%d-of-%d"
        .formatted(window.maxTimestamp().getMillis(), pane.getIndex(), shard, shards);
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
