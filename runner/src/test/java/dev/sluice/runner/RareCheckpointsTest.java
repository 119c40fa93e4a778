package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker.TruncateResult;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A streaming job whose periodic checkpoints are an hour apart: what waits for a checkpoint and for
 * nothing else gets one at once. Each of these tests would wait for that hour otherwise.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class RareCheckpointsTest {
  private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();
  private static final List<Long> TEN = LongStream.range(0, 10).boxed().toList();

  /** What the transforms of one test have seen. */
  private static final class Seen {
    final Queue<Long> before = new ConcurrentLinkedQueue<>();
    final Queue<Long> stable = new ConcurrentLinkedQueue<>();
    final CountDownLatch someBefore = new CountDownLatch(100);
    final CountDownLatch tenStable = new CountDownLatch(10);
  }

  @TempDir Path temp;
  private String name;
  private Seen seen;

  @BeforeEach
  void begin(TestInfo test) {
    name = test.getDisplayName();
    seen = SEEN.computeIfAbsent(name, n -> new Seen());
  }

  private static Pipeline pipeline(String... moreArgs) {
    List<String> args = new ArrayList<>(List.of(moreArgs));
    args.addAll(List.of("--streaming=true", "--checkpointIntervalMs=3600000", "--parallelism=2"));
    return Pipelines.create(args.toArray(String[]::new));
  }

  private static PCollection<Long> ten(Pipeline pipeline) {
    return pipeline.apply("ten", GenerateSequence.from(0).to(10));
  }

  private PCollection<Long> endless(Pipeline pipeline) {
    return pipeline
        .apply("numbers", GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply("before", ParDo.of(new Before(name)));
  }

  private static List<Long> sorted(Queue<Long> numbers) {
    return numbers.stream().sorted().toList();
  }

  @Test
  void theEndOfTheInputReleasesWhatWaits() {
    Pipeline pipeline = pipeline();
    ten(pipeline).apply("stable", ParDo.of(new Stable(name)));
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(sorted(seen.stable)).isEqualTo(TEN);
  }

  @Test
  void eachOfSeveralStagesThatWaitGetsItsRounds() {
    Pipeline pipeline = pipeline();
    PCollection<Long> numbers = ten(pipeline);
    for (int i = 0; i < 3; i++) {
      numbers =
          numbers
              .apply("stable " + i, ParDo.of(new Stable(name)))
              .apply("and again " + i, ParDo.of(new Stable(name)))
              .apply("reshuffle " + i, Reshuffle.viaRandomKey());
    }
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(seen.stable).hasSize(60);
  }

  @Test
  void aDrainReleasesWhatWaits() throws InterruptedException {
    Pipeline pipeline = pipeline();
    endless(pipeline).apply("stable", ParDo.of(new Stable(name)));
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    seen.someBefore.await();
    assertThat(job.drain()).isEqualTo(State.DONE);
    assertThat(sorted(seen.stable)).isEqualTo(sorted(seen.before));
  }

  @Test
  void linesAreInTheirFilesWhenTheInputHasEnded() throws IOException {
    Path files = Files.createDirectories(temp.resolve("files"));
    Pipeline pipeline = pipeline();
    ten(pipeline)
        .apply(MapElements.into(TypeDescriptors.strings()).via(String::valueOf))
        .apply(TextIO.write().to(files + "/part"));
    assertThat(pipeline.run().waitUntilFinish()).isEqualTo(State.DONE);
    assertThat(lines(files)).isEqualTo(TEN);
  }

  private static List<Long> lines(Path files) throws IOException {
    List<Long> lines = new ArrayList<>();
    try (Stream<Path> all = Files.list(files)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Files.readAllLines(file).forEach(line -> lines.add(Long.valueOf(line)));
      }
    }
    return lines.stream().sorted().toList();
  }

  @Test
  void aBranchThatHasEndedDoesNotWaitForOneThatGoesOn() throws Exception {
    Pipeline pipeline = pipeline();
    ten(pipeline).apply("stable", ParDo.of(new Stable(name)));
    endless(pipeline);
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    seen.tenStable.await();
    assertThat(job.getState()).isEqualTo(State.RUNNING);
    job.cancel();
  }

  @Test
  void aSplittableDoFnIsDrainedAndWhatItHasReadIsReleased() throws InterruptedException {
    Pipeline pipeline = pipeline();
    pipeline
        .apply(Impulse.create())
        .apply("count", ParDo.of(new Counting()))
        .setCoder(VarLongCoder.of())
        .apply("before", ParDo.of(new Before(name)))
        .apply("stable", ParDo.of(new Stable(name)));
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    seen.someBefore.await();
    assertThat(seen.stable).as("it reads on, so nobody asks for a checkpoint").isEmpty();
    assertThat(job.drain()).isEqualTo(State.DONE);
    assertThat(sorted(seen.stable)).isEqualTo(sorted(seen.before));
  }

  @Test
  void aStopWithASavepointWaitsForNothingAndKeepsWhatWaits() throws Exception {
    String savepoint = temp.resolve("savepoint").toString();
    Pipeline first = pipeline();
    endless(first).apply("stable", ParDo.of(new Stable(name)));
    SluicePipelineResult job = (SluicePipelineResult) first.run();
    seen.someBefore.await();
    job.stopWithSavepoint(savepoint);
    assertThat(seen.stable).isEmpty();

    Pipeline second = pipeline("--fromSavepoint=" + savepoint);
    endless(second).apply("stable", ParDo.of(new Stable(name)));
    assertThat(((SluicePipelineResult) second.run()).drain()).isEqualTo(State.DONE);
    assertThat(sorted(seen.stable)).isEqualTo(sorted(seen.before));
  }

  /** Notes what passes. */
  private static final class Before extends DoFn<Long, Long> {
    private final String name;

    Before(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      SEEN.get(name).before.add(number);
      SEEN.get(name).someBefore.countDown();
      out.output(number);
    }
  }

  /** Notes what passes when a checkpoint has it. */
  private static final class Stable extends DoFn<Long, Long> {
    private final String name;

    Stable(String name) {
      this.name = name;
    }

    @RequiresStableInput
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<Long> out) {
      SEEN.get(name).stable.add(number);
      SEEN.get(name).tenStable.countDown();
      out.output(number);
    }
  }

  /** Counts without end, and stops where a drain finds it. */
  @DoFn.UnboundedPerElement
  static final class Counting extends DoFn<byte[], Long> {
    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @TruncateRestriction
    public TruncateResult<OffsetRange> truncate() {
      return null;
    }

    @ProcessElement
    public ProcessContinuation process(
        RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      long next = tracker.currentRestriction().getFrom();
      if (!tracker.tryClaim(next)) {
        return ProcessContinuation.stop();
      }
      out.output(next);
      return ProcessContinuation.resume().withResumeDelay(Duration.millis(1));
    }
  }
}
