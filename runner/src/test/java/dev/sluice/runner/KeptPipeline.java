package dev.sluice.runner;

import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * The pipeline of which savepoints are kept in {@code src/test/resources/savepoints}: number n
 * comes at millisecond n for key n % 10, so that each state, timer and window has one right content
 * at any time. It must not change any more; its names and coders are what those savepoints are of.
 *
 * <p>{@code main} wrote them: {@code java -cp ... dev.sluice.runner.KeptPipeline <folder>}.
 */
final class KeptPipeline {
  private static final int KEYS = 10;
  private static final int WINDOW = 1_000;
  private static final int WRITTEN_AT = 25_600;

  static final Queue<String> WRONG = new ConcurrentLinkedQueue<>();
  static final AtomicLong FIRST = new AtomicLong(Long.MAX_VALUE);
  static final AtomicLong FIRST_WINDOW = new AtomicLong(Long.MAX_VALUE);
  private static final AtomicLong AWAITED = new AtomicLong(Long.MAX_VALUE);
  private static volatile CountDownLatch reached = new CountDownLatch(1);
  private static volatile CountDownLatch fired = new CountDownLatch(1);

  private KeptPipeline() {}

  /** Writes a savepoint into a folder that is not there yet. */
  public static void main(String[] arguments) throws InterruptedException {
    SluicePipelineResult job = run("--parallelism=2");
    awaitNumber(WRITTEN_AT);
    job.stopWithSavepoint(Path.of(arguments[0]).toString());
    System.out.println("wrong: " + WRONG);
  }

  static SluicePipelineResult run(String... arguments) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SluicePipelineOptions.class);
    fired = new CountDownLatch(1);
    options.setRunner(SluiceRunner.class);
    options.setJobName("kept");
    options.setCheckpointIntervalMs(100);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<Integer, Long>> keyed =
        pipeline
            .apply(
                "numbers",
                GenerateSequence.from(0)
                    .withRate(20, Duration.millis(1))
                    .withTimestampFn(new TimeOfNumber()))
            .apply(
                "key",
                WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                    .withKeyType(TypeDescriptors.integers()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()));
    keyed.apply("states", ParDo.of(new StatesFn()));
    PCollection<KV<Integer, Long>> windows =
        keyed.apply("window", Window.into(FixedWindows.of(Duration.millis(WINDOW))));
    windows.apply("sum", Sum.longsPerKey()).apply("check sums", ParDo.of(new SumFn()));
    windows.apply("group", GroupByKey.create()).apply("check groups", ParDo.of(new GroupFn()));
    return (SluicePipelineResult) pipeline.run();
  }

  /** Waits until a number that is not less was seen. */
  static void awaitNumber(long number) throws InterruptedException {
    reached = new CountDownLatch(1);
    AWAITED.set(number);
    await(reached, "number " + number + " was not seen");
  }

  /** Waits until a window has fired since {@link #run}. */
  static void awaitWindow() throws InterruptedException {
    await(fired, "no window has fired");
  }

  private static void await(CountDownLatch latch, String failure) throws InterruptedException {
    if (!latch.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError(failure + " within a minute");
    }
  }

  private static void seen(long number) {
    FIRST.accumulateAndGet(number, Math::min);
    if (number >= AWAITED.get()) {
      reached.countDown();
    }
  }

  private static void check(String what, long number, Object is, Object shouldBe) {
    if (!is.equals(shouldBe)) {
      WRONG.add(what + " at " + number + " is " + is + ", not " + shouldBe);
    }
  }

  /** A class of its own, because it is a part of the source that is saved. */
  private static final class TimeOfNumber implements SerializableFunction<Long, Instant> {
    private static final long serialVersionUID = 1L;

    @Override
    public Instant apply(Long number) {
      return Instant.ofEpochMilli(number);
    }
  }

  static final class StatesFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> countSpec = StateSpecs.value(VarLongCoder.of());

    @StateId("thousands")
    private final StateSpec<BagState<Long>> bagSpec = StateSpecs.bag(VarLongCoder.of());

    @StateId("hundreds")
    private final StateSpec<MapState<Long, Long>> mapSpec =
        StateSpecs.map(VarLongCoder.of(), VarLongCoder.of());

    @StateId("ticks")
    private final StateSpec<ValueState<Long>> ticksSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("tick")
    private final TimerSpec tickSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("count") ValueState<Long> count,
        @StateId("thousands") BagState<Long> thousands,
        @StateId("hundreds") MapState<Long, Long> hundreds,
        @TimerId("tick") Timer tick) {
      long number = element.getValue();
      Long before = count.read();
      long counted = before == null ? 0 : before;
      check("count", number, counted, number / KEYS);
      count.write(counted + 1);
      if (number % 1_000 < KEYS) {
        long size = 0;
        for (long each : thousands.read()) {
          check("element " + size + " of the bag", number, each, size * 1_000 + element.getKey());
          size++;
        }
        check("bag", number, size, number / 1_000);
        thousands.add(number);
      }
      if (number < KEYS) {
        tick.set(Instant.ofEpochMilli(number + 500));
      }
      if (number % 100 < KEYS) {
        // More keys than a map may have that is a part of its key's record.
        check("map", number, hundreds.get(number).read() == null, true);
        hundreds.put(number, -number);
        long earlier = number - 2_000;
        if (earlier >= 0) {
          check("map", number, String.valueOf(hundreds.get(earlier).read()), "" + -earlier);
        }
      }
      seen(number);
    }

    @OnTimer("tick")
    public void tick(
        OnTimerContext context,
        @StateId("ticks") ValueState<Long> ticks,
        @TimerId("tick") Timer tick) {
      Long before = ticks.read();
      long counted = before == null ? 0 : before;
      long time = context.fireTimestamp().getMillis();
      check("ticks", time, counted, time / 1_000);
      ticks.write(counted + 1);
      tick.set(Instant.ofEpochMilli(time + 1_000));
    }
  }

  private static final class SumFn extends DoFn<KV<Integer, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Long> sum, BoundedWindow window) {
      long start = window.maxTimestamp().getMillis() + 1 - WINDOW;
      long each = WINDOW / KEYS;
      long right = each * (start + sum.getKey()) + KEYS * each * (each - 1) / 2;
      check("sum", start, sum.getValue(), right);
      FIRST_WINDOW.accumulateAndGet(start, Math::min);
      fired.countDown();
    }
  }

  private static final class GroupFn extends DoFn<KV<Integer, Iterable<Long>>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Long>> group, BoundedWindow window) {
      long start = window.maxTimestamp().getMillis() + 1 - WINDOW;
      long count = 0;
      for (long number : group.getValue()) {
        check("window", number, number - number % WINDOW, start);
        count++;
      }
      check("group", start, count, (long) WINDOW / KEYS);
    }
  }
}
