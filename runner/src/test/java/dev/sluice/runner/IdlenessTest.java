package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;

/** A silent split, task or branch holds the watermark of nobody who is not silent. */
@Timeout(60)
final class IdlenessTest {
  private static final Map<String, Case> CASES = new ConcurrentHashMap<>();

  /** What one test says and sees: numbers are their own timestamps, and the watermark. */
  private static final class Case {
    final Map<Integer, BlockingQueue<Long>> toSay = new ConcurrentHashMap<>();
    final BlockingQueue<String> fired = new LinkedBlockingQueue<>();
    SluicePipelineResult job;

    BlockingQueue<Long> split(int number) {
      return toSay.computeIfAbsent(number, n -> new LinkedBlockingQueue<>());
    }
  }

  private static Case of(TestInfo test) {
    return CASES.computeIfAbsent(test.getDisplayName(), name -> new Case());
  }

  @AfterEach
  void stop(TestInfo test) throws Exception {
    Case done = CASES.remove(test.getDisplayName());
    done.job.cancel();
  }

  private static Pipeline pipeline() {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs("--parallelism=2", "--idleSplitTimeoutMs=200")
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    return Pipeline.create(options);
  }

  /** Splits {@code from} to {@code to}, the last exclusive. */
  private static PCollection<Long> said(Pipeline pipeline, TestInfo test, int from, int to) {
    return pipeline.apply(
        "said" + from, Read.from(new Said(test.getDisplayName(), from, to, Integer.MAX_VALUE)));
  }

  /** Counts the numbers of each window of ten, and says when it fires. */
  private static void count(PCollection<Long> numbers, TestInfo test) {
    numbers
        .apply("tens", Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply("fired", ParDo.of(new Fired(test.getDisplayName())));
  }

  private static void run(Pipeline pipeline, TestInfo test) {
    of(test).job = (SluicePipelineResult) pipeline.run();
  }

  private static void expect(TestInfo test, String window) throws InterruptedException {
    assertThat(of(test).fired.poll(30, TimeUnit.SECONDS)).isEqualTo(window);
  }

  @Test
  void aTaskWithNothingButASilentSplitHoldsNobody(TestInfo test) throws Exception {
    Pipeline pipeline = pipeline();
    count(said(pipeline, test, 0, 2), test);
    of(test).split(0).addAll(List.of(1L, 2L));
    run(pipeline, test);
    speakUntilFired(test, 0, 10, "0: 2");
  }

  /**
   * Says numbers from {@code from} on, one a turn, because who says nothing is silent too; returns
   * the last.
   */
  private static long speakUntilFired(TestInfo test, int split, long from, String window)
      throws InterruptedException {
    long number = from;
    String fired = null;
    while (fired == null) {
      of(test).split(split).add(number);
      number += 10;
      fired = of(test).fired.poll(50, TimeUnit.MILLISECONDS);
    }
    assertThat(fired).isEqualTo(window);
    return number - 10;
  }

  @Test
  void aSilentBranchOfAFlattenHoldsNobody(TestInfo test) throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<Long> counted =
        said(pipeline, test, 1, 3)
            .apply("own tens", Window.into(FixedWindows.of(Duration.millis(10))))
            .apply("own", Combine.globally(Count.<Long>combineFn()).withoutDefaults());
    PCollection<Long> direct =
        said(pipeline, test, 0, 1)
            .apply("these tens", Window.into(FixedWindows.of(Duration.millis(10))));
    count(PCollectionList.of(counted).and(direct).apply(Flatten.pCollections()), test);
    of(test).split(0).addAll(List.of(1L, 2L));
    run(pipeline, test);
    speakUntilFired(test, 0, 10, "0: 2");
  }

  @Test
  void whoSpeaksAgainIsHeard(TestInfo test) throws Exception {
    Pipeline pipeline = pipeline();
    count(said(pipeline, test, 0, 2), test);
    of(test).split(0).addAll(List.of(1L, 2L));
    run(pipeline, test);
    long last = speakUntilFired(test, 0, 10, "0: 2");

    // The last window of the one closes when it is silent and the other is not.
    int turns = 0;
    String fired = "";
    while (!fired.equals(last + ": 1")) {
      of(test).split(1).add(1_000_000L);
      turns++;
      String next = of(test).fired.poll(20, TimeUnit.MILLISECONDS);
      fired = next == null ? fired : next;
    }
    of(test).split(0).add(1_000_001L);
    speakUntilFired(test, 0, 1_000_010, "1000000: " + (turns + 1));
  }

  @Test
  void whatIsHeldInAnIdleBranchIsNotLate(TestInfo test) throws Exception {
    Pipeline pipeline = pipeline();
    PCollection<Long> counted =
        said(pipeline, test, 1, 2)
            .apply("own tens", Window.into(FixedWindows.of(Duration.millis(10))))
            .apply("own", Combine.globally(Count.<Long>combineFn()).withoutDefaults());
    PCollection<Long> direct =
        said(pipeline, test, 0, 1)
            .apply("these tens", Window.into(FixedWindows.of(Duration.millis(10))));
    count(PCollectionList.of(counted).and(direct).apply(Flatten.pCollections()), test);
    of(test).split(1).addAll(List.of(1L, 2L));
    of(test).split(0).add(3L);
    run(pipeline, test);
    // The window of the idle branch is open, so nothing may pass it.
    long number = 10;
    for (int turn = 0; turn < 20; turn++) {
      of(test).split(0).add(number);
      number += 10;
      assertThat(of(test).fired.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
    // The pane of the branch's count is one element, beside the 3.
    of(test).split(1).add(1_000L);
    expect(test, "0: 2");
  }

  private static final class Fired extends DoFn<Long, Void> {
    private final String test;

    Fired(String test) {
      this.test = test;
    }

    @ProcessElement
    public void process(@Element Long count, BoundedWindow window) {
      long start = window.maxTimestamp().getMillis() + 1 - 10;
      CASES.get(test).fired.add(start + ": " + count);
    }
  }

  /** Says the numbers that a test gives it, with itself as timestamp and as watermark. */
  private static final class Said extends UnboundedSource<Long, Said.Mark> {
    private final String test;
    private final int from;
    private final int to;
    private final int number;

    Said(String test, int from, int to, int number) {
      this.test = test;
      this.from = from;
      this.to = to;
      this.number = number;
    }

    /** Nothing is restored here. */
    static final class Mark implements CheckpointMark, Serializable {
      @Override
      public void finalizeCheckpoint() {}
    }

    @Override
    public List<Said> split(int desired, PipelineOptions options) {
      return IntStream.range(from, to).mapToObj(n -> new Said(test, from, to, n)).toList();
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, Mark mark) {
      return new Reader(this);
    }

    @Override
    public Coder<Mark> getCheckpointMarkCoder() {
      return SerializableCoder.of(Mark.class);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    private static final class Reader extends UnboundedReader<Long> {
      private final Said source;
      private Long current;
      private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

      Reader(Said source) {
        this.source = source;
      }

      @Override
      public boolean start() {
        return advance();
      }

      @Override
      public boolean advance() {
        Case given = CASES.get(source.test);
        current = given == null ? null : given.split(source.number).poll();
        if (current == null) {
          return false;
        }
        watermarkMs = Math.max(watermarkMs, current);
        return true;
      }

      @Override
      public Long getCurrent() {
        return current;
      }

      @Override
      public Instant getCurrentTimestamp() {
        return new Instant(current);
      }

      @Override
      public Instant getWatermark() {
        return new Instant(watermarkMs);
      }

      @Override
      public void close() {}

      @Override
      public CheckpointMark getCheckpointMark() {
        return new Mark();
      }

      @Override
      public UnboundedSource<Long, ?> getCurrentSource() {
        return source;
      }
    }
  }
}
