package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Latest;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.PeriodicImpulse;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.Watch;
import org.apache.beam.sdk.transforms.Watch.Growth.PollFn;
import org.apache.beam.sdk.transforms.Watch.Growth.PollResult;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What comes periodically comes all at once when a job was stopped for a while. It catches up and
 * resumes, whatever it makes of what comes.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class PeriodicPatternsTest {
  private static final Instant START = Instant.ofEpochMilli(1_000_000_000_000L);

  @TempDir Path temp;
  private SluicePipelineResult running;
  private int savepoints;

  @AfterEach
  void cancel() {
    if (running != null && !running.getState().isTerminal()) {
      running.cancel();
    }
  }

  /** Starts where the job before was stopped, if there was one. */
  private void start(String name, BiConsumer<Pipeline, String> transforms) {
    String[] from =
        savepoints == 0 ? new String[0] : new String[] {"--fromSavepoint=" + savepoint(savepoints)};
    Pipeline pipeline = Pipelines.create(from);
    pipeline.getOptions().as(SluicePipelineOptions.class).setParallelism(2);
    transforms.accept(pipeline, name);
    running = (SluicePipelineResult) pipeline.run();
  }

  private String savepoint(int number) {
    return temp.resolve("savepoint-" + number).toString();
  }

  private void stop() throws InterruptedException {
    assertThat(running.stopWithSavepoint(savepoint(++savepoints))).isEqualTo(State.CANCELLED);
  }

  // --- Side inputs -------------------------------------------------------------------------------

  private static PCollection<Long> asTheyCome(String how, PCollection<Long> ticks) {
    return ticks.apply(
        how + " as they come",
        Window.<Long>into(new GlobalWindows())
            .triggering(Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane()))
            .discardingFiredPanes());
  }

  private static PCollection<KV<String, Long>> keyed(PCollection<Long> numbers) {
    return numbers
        .apply("key", WithKeys.of("a"))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()));
  }

  /** Sees the newest value that a side input holds. */
  private static final class Look extends DoFn<Long, Void> {
    private final String name;
    private final PCollectionView<?> view;

    Look(String name, PCollectionView<?> view) {
      this.name = name;
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      Object side = c.sideInput(view);
      if (side instanceof Map<?, ?> map) {
        side = map.get("a");
      }
      if (side instanceof Iterable<?> values) {
        for (Object value : values) {
          side = value;
        }
      }
      Seen.named(name).add(side);
    }
  }

  /** A way of making a side input of what comes. */
  private interface Way extends SerializableFunction<PCollection<Long>, PCollectionView<?>> {}

  private static Map<String, Way> ways() {
    Map<String, Way> ways = new LinkedHashMap<>();
    ways.put("singleton", ticks -> ticks.apply(View.asSingleton()));
    ways.put("default", ticks -> ticks.apply(View.<Long>asSingleton().withDefaultValue(0L)));
    ways.put("latest", ticks -> ticks.apply(Latest.globally()).apply(View.asSingleton()));
    ways.put("max", ticks -> ticks.apply(Combine.globally(Max.ofLongs()).asSingletonView()));
    ways.put("map", ticks -> keyed(ticks).apply(View.asMap()));
    ways.put("in memory", t -> keyed(t).apply(View.<String, Long>asMap().inMemory()));
    ways.put("multimap", ticks -> keyed(ticks).apply(View.asMultimap()));
    ways.put("iterable", ticks -> ticks.apply(View.asIterable()));
    ways.put("list", ticks -> ticks.apply(View.asList()));
    return ways;
  }

  /** Looks at the ticks in all ways, each for itself. */
  private static void lookAt(PCollection<Long> ticks, String name) {
    PCollection<Long> main =
        ticks.getPipeline().apply("main", GenerateSequence.from(0).withRate(1, Duration.millis(2)));
    ways()
        .forEach(
            (how, way) -> {
              PCollectionView<?> view = asTheyCome(how, ticks).apply(how, PTransform.compose(way));
              main.apply("look " + how, ParDo.of(new Look(name + how, view)).withSideInputs(view));
            });
  }

  private void awaitInAllWays(String name, long tick) throws InterruptedException {
    for (String how : ways().keySet()) {
      Seen.named(name + how)
          .await(
              running,
              seen -> seen.stream().anyMatch(v -> v instanceof Long value && value >= tick));
    }
  }

  @Test
  void aSideInputIsThatOfTheLastTickAfterEachStop(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    for (long tick : new long[] {1, 20, 40}) {
      Ticks.tick(name, tick);
      start(name, (p, n) -> lookAt(p.apply("ticks", Read.from(new Ticks(n))), n));
      awaitInAllWays(name, tick);
      stop();
    }
  }

  @Test
  void aSideInputEndsWithADrain(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    Ticks.tick(name, 3);
    start(name, (p, n) -> lookAt(p.apply("ticks", Read.from(new Ticks(n))), n));
    awaitInAllWays(name, 3);
    assertThat(running.drain()).isEqualTo(State.DONE);
    // Of two tasks that look at it one may be a tick behind.
    for (String how : List.of("singleton", "default", "map", "in memory")) {
      assertThat(Seen.named(name + how).values()).as(how).contains(3L);
    }
  }

  @Test
  void aSideInputIsThatOfTheLastOfManyImpulses(TestInfo test) throws Exception {
    Instant start = Instant.now().minus(Duration.standardMinutes(100));
    for (int life = 1; life <= 2; life++) {
      String name = test.getDisplayName() + life;
      start(name, (p, n) -> lookAt(impulses(p, start), n));
      awaitInAllWays(name, 100);
      stop();
    }
  }

  private static PCollection<Long> impulses(Pipeline pipeline, Instant start) {
    return pipeline
        .apply(PeriodicImpulse.create().startAt(start).withInterval(Duration.standardMinutes(1)))
        .apply(
            "number",
            MapElements.into(TypeDescriptors.longs())
                .via(at -> new Duration(start, at).getStandardMinutes()));
  }

  // --- Panes, timers, growing sets ---------------------------------------------------------------

  @Test
  void everyTickIsInOnePane(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    for (long tick : new long[] {1, 20, 40}) {
      Ticks.tick(name, tick);
      start(
          name,
          (p, n) ->
              asTheyCome("ticks", p.apply("ticks", Read.from(new Ticks(n))))
                  .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
                  .apply("see", ParDo.of(new Seen.See<>(n))));
      Seen.named(name).await(running, seen -> sum(seen) >= tick);
      stop();
    }
    assertThat(sum(Seen.named(name).values())).isEqualTo(40);
  }

  private static long sum(List<Object> values) {
    return values.stream().mapToLong(value -> (Long) value).sum();
  }

  private static long increment(ValueState<Long> count) {
    Long before = count.read();
    long now = before == null ? 1 : before + 1;
    count.write(now);
    return now;
  }

  /** Counts the firings of a timer that sets itself anew. */
  static final class LoopingByClock extends DoFn<KV<String, Long>, Long> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @TimerId("again")
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process(@TimerId("again") Timer again) {
      again.offset(Duration.millis(2)).setRelative();
    }

    @OnTimer("again")
    public void again(
        @StateId("count") ValueState<Long> count,
        @TimerId("again") Timer again,
        OutputReceiver<Long> out) {
      out.output(increment(count));
      again.offset(Duration.millis(2)).setRelative();
    }
  }

  /** Counts the firings of a timer that sets itself anew, a millisecond later in event time. */
  static final class LoopingByWatermark extends DoFn<KV<String, Long>, Long> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @TimerId("again")
    private final TimerSpec timer = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Long> tick,
        @Timestamp Instant timestamp,
        @TimerId("again") Timer again) {
      if (tick.getValue() == 1) {
        again.set(timestamp);
      }
    }

    @OnTimer("again")
    public void again(
        OnTimerContext c, @StateId("count") ValueState<Long> count, @TimerId("again") Timer again) {
      c.output(increment(count));
      again.set(c.fireTimestamp().plus(Duration.millis(1)));
    }
  }

  @Test
  void aTimerThatLoopsByTheClockGoesRound(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    Ticks.tick(name, 1);
    for (int life = 1; life <= 3; life++) {
      int wanted = 20 * life;
      start(
          name,
          (p, n) ->
              keyed(p.apply("ticks", Read.from(new Ticks(n))))
                  .apply("loop", ParDo.of(new LoopingByClock()))
                  .apply("see", ParDo.of(new Seen.See<>(n))));
      Seen.named(name).await(running, seen -> seen.size() >= wanted);
      stop();
    }
    assertThatAllCame(name);
  }

  @Test
  void aTimerThatLoopsByTheWatermarkCatchesUp(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    for (long tick : new long[] {2, 20, 40}) {
      Ticks.tick(name, tick);
      start(
          name,
          (p, n) ->
              keyed(p.apply("ticks", Read.from(new Ticks(n))))
                  .apply("loop", ParDo.of(new LoopingByWatermark()))
                  .apply("see", ParDo.of(new Seen.See<>(n))));
      Seen.named(name).await(running, seen -> seen.size() >= tick - 1);
      stop();
    }
    assertThatAllCame(name);
  }

  /** Finds all ticks, each time. */
  private static final class Poll extends PollFn<String, Long> {
    @Override
    public PollResult<Long> apply(String name, Context c) {
      List<TimestampedValue<Long>> found =
          LongStream.rangeClosed(1, Ticks.last(name))
              .mapToObj(tick -> TimestampedValue.of(tick, START.plus(Duration.millis(tick))))
              .toList();
      return PollResult.incomplete(found).withWatermark(START);
    }
  }

  @Test
  void aSetThatIsWatchedGivesWhatIsNew(TestInfo test) throws Exception {
    String name = test.getDisplayName();
    for (long tick : new long[] {1, 20, 40}) {
      Ticks.tick(name, tick);
      start(
          name,
          (p, n) ->
              p.apply(Create.of(n))
                  .apply(Watch.growthOf(new Poll()).withPollInterval(Duration.millis(5)))
                  .apply(Values.create())
                  .apply("see", ParDo.of(new Seen.See<>(n))));
      Seen.named(name).await(running, seen -> seen.size() >= tick);
      stop();
    }
    assertThatAllCame(name);
  }

  /** The numbers from 1 on, each once: none is lost at a stop, none comes again. */
  private static void assertThatAllCame(String name) {
    List<Object> seen = Seen.named(name).values();
    assertThat(seen)
        .containsExactlyInAnyOrder(
            LongStream.rangeClosed(1, seen.size()).boxed().toArray(Object[]::new));
  }
}
