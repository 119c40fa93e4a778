package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.CausedByDrain;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** A drained job says of each element and timer whether it was there because of the drain. */
final class DrainTest {
  private static final Map<String, Seen> SEEN = new ConcurrentHashMap<>();

  /** What the transforms of one test have seen. */
  private static final class Seen {
    final Set<String> causes = ConcurrentHashMap.newKeySet();
    final CountDownLatch numbers = new CountDownLatch(1_000);
    final CountDownLatch ended = new CountDownLatch(1);
    volatile long greatest;
    volatile boolean mayEnd;

    void cause(String what, CausedByDrain cause) {
      causes.add(what + " " + cause);
    }
  }

  @TempDir Path temp;

  private SluicePipelineOptions options() {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--checkpointStorage=" + temp.resolve("checkpoints"),
                "--checkpointIntervalMs=50",
                "--parallelism=2")
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("drained");
    return options;
  }

  private static PCollection<KV<Long, Long>> numbers(Pipeline pipeline) {
    return pipeline
        .apply("numbers", GenerateSequence.from(0).withRate(20, Duration.millis(1)))
        .apply("key", WithKeys.of((Long number) -> number % 10))
        .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()));
  }

  @Test
  void whatADrainBringsOutSaysSo(TestInfo test) throws InterruptedException {
    String name = test.getDisplayName();
    Seen seen = SEEN.computeIfAbsent(name, n -> new Seen());
    Pipeline pipeline = Pipeline.create(options());
    PCollection<KV<Long, Long>> numbers = numbers(pipeline);
    numbers
        .apply("in a year", ParDo.of(new InAYear(name)))
        .apply("behind the timer", ParDo.of(new Causes<>(name, "from timer")));
    numbers
        .apply("by the year", Window.into(FixedWindows.of(Duration.standardDays(365))))
        .apply(GroupByKey.create())
        .apply("behind the pane", ParDo.of(new Causes<>(name, "from pane")));
    SluicePipelineResult running = (SluicePipelineResult) pipeline.run();
    seen.numbers.await(60, TimeUnit.SECONDS);
    assertThat(seen.causes).containsExactlyInAnyOrder("element NORMAL", "from timer NORMAL");
    assertThat(running.drain()).isEqualTo(State.DONE);
    assertThat(seen.causes)
        .containsExactlyInAnyOrder(
            "element NORMAL",
            "from timer NORMAL",
            "timer CAUSED_BY_DRAIN",
            "from timer CAUSED_BY_DRAIN",
            "from pane CAUSED_BY_DRAIN");
  }

  @Test
  void aJobThatWasBeingDrainedGoesOnDraining(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    Seen seen = SEEN.computeIfAbsent(name, n -> new Seen());
    SluicePipelineResult first = runLasting(name);
    seen.numbers.await(60, TimeUnit.SECONDS);
    CompletableFuture<State> drained = CompletableFuture.supplyAsync(first::drain);
    assertThat(seen.ended.await(60, TimeUnit.SECONDS)).isTrue();
    first.savepoint(temp.resolve("savepoint").toString());
    first.cancel();
    assertThat(drained.get(60, TimeUnit.SECONDS)).isEqualTo(State.CANCELLED);

    long greatest = seen.greatest;
    SluicePipelineResult second = runLasting(name);
    seen.mayEnd = true;
    assertThat(second.waitUntilFinish(Duration.standardSeconds(60))).isEqualTo(State.DONE);
    assertThat(seen.greatest).as("nothing new is read").isEqualTo(greatest);
  }

  private SluicePipelineResult runLasting(String name) {
    Pipeline pipeline = Pipeline.create(options());
    numbers(pipeline).apply("at the end", ParDo.of(new AtTheEnd(name)));
    pipeline.apply(Impulse.create()).apply("last", ParDo.of(new Lasting(name)));
    return (SluicePipelineResult) pipeline.run();
  }

  /** Notes the cause of each element. */
  static final class Causes<T> extends DoFn<T, Void> {
    private final String name;
    private final String what;

    Causes(String name, String what) {
      this.name = name;
      this.what = what;
    }

    @ProcessElement
    public void process(CausedByDrain cause) {
      SEEN.get(name).cause(what, cause);
    }
  }

  /** Passes elements on, and has a timer that only a drain brings to fire. */
  static final class InAYear extends DoFn<KV<Long, Long>, Long> {
    @TimerId("year")
    private final TimerSpec year = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private final String name;

    InAYear(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(
        ProcessContext context, @Timestamp Instant at, @TimerId("year") Timer timer) {
      SEEN.get(name).cause("element", context.causedByDrain());
      SEEN.get(name).numbers.countDown();
      timer.withOutputTimestamp(at).set(at.plus(Duration.standardDays(365)));
      context.output(context.element().getValue());
    }

    @OnTimer("year")
    public void year(OnTimerContext context, OutputReceiver<Long> output) {
      SEEN.get(name).cause("timer", context.causedByDrain());
      output.output(-1L);
    }
  }

  /** Sees that the end of time has come. */
  static final class AtTheEnd extends DoFn<KV<Long, Long>, Void> {
    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    private final String name;

    AtTheEnd(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> kv, @TimerId("end") Timer endTimer) {
      Seen seen = SEEN.get(name);
      synchronized (seen) {
        seen.greatest = Math.max(seen.greatest, kv.getValue());
      }
      seen.numbers.countDown();
      endTimer.set(GlobalWindow.INSTANCE.maxTimestamp());
    }

    @OnTimer("end")
    public void end() {
      SEEN.get(name).ended.countDown();
    }
  }

  /** Keeps the job from its end until it may end. */
  @DoFn.BoundedPerElement
  static final class Lasting extends DoFn<byte[], Void> {
    private final String name;

    Lasting(String name) {
      this.name = name;
    }

    @GetInitialRestriction
    public OffsetRange restriction() {
      return new OffsetRange(0, Long.MAX_VALUE);
    }

    @ProcessElement
    public ProcessContinuation process(RestrictionTracker<OffsetRange, Long> tracker) {
      if (SEEN.get(name).mayEnd) {
        tracker.tryClaim(Long.MAX_VALUE - 1);
        return ProcessContinuation.stop();
      }
      return tracker.tryClaim(tracker.currentRestriction().getFrom())
          ? ProcessContinuation.resume().withResumeDelay(Duration.millis(5))
          : ProcessContinuation.stop();
    }
  }
}
