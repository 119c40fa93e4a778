package dev.sluice.testing.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A pipeline of random sources and transforms, built beside the answer that the {@link Model}
 * gives.
 *
 * <p>Always true: the answer does not depend on order or timing, so every execution must give it.
 */
final class RandomPipeline {
  private static final int FIXED_MS = 100;
  private static final int GAP_MS = 40;

  private enum Windowing {
    GLOBAL,
    FIXED,
    SLIDING,
    SESSIONS
  }

  /** A PCollection, what must be in it, and how it is windowed. */
  private record Branch(
      PCollection<KV<Integer, Long>> collection, List<Datum> expected, Windowing windowing) {}

  private final Random random;
  private final Pipeline pipeline;
  private final String sink;
  private final List<Branch> branches = new ArrayList<>();
  private int names;

  private RandomPipeline(Random random, Pipeline pipeline, String sink) {
    this.sink = sink;
    this.random = random;
    this.pipeline = pipeline;
  }

  /**
   * Adds random transforms and one sink to {@code pipeline}.
   *
   * @return what must reach the sink
   */
  static List<Datum> build(Random random, Pipeline pipeline, String sink) {
    RandomPipeline builder = new RandomPipeline(random, pipeline, sink);
    int sources = 1 + random.nextInt(3);
    for (int i = 0; i < sources; i++) {
      builder.branches.add(builder.source());
    }
    int transforms = 1 + random.nextInt(8);
    for (int i = 0; i < transforms; i++) {
      builder.grow();
    }
    Branch last = builder.branches.get(builder.branches.size() - 1);
    last.collection().apply("sink", new Collected.Sink(sink));
    return last.expected();
  }

  private String name(String kind) {
    return kind + names++;
  }

  private Branch source() {
    List<TimestampedValue<KV<Integer, Long>>> values = new ArrayList<>();
    List<Datum> expected = new ArrayList<>();
    int size = random.nextInt(40);
    for (int i = 0; i < size; i++) {
      int key = random.nextInt(5);
      long value = random.nextInt(100);
      long ts = random.nextInt(1000);
      values.add(TimestampedValue.of(KV.of(key, value), Instant.ofEpochMilli(ts)));
      expected.add(new Datum(key, value, ts, GlobalWindow.INSTANCE));
    }
    return new Branch(
        pipeline.apply(
            name("create"),
            Create.timestamped(values).withCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))),
        expected,
        Windowing.GLOBAL);
  }

  private void grow() {
    Branch from = branches.get(random.nextInt(branches.size()));
    branches.add(
        switch (random.nextInt(11)) {
          case 0 -> rekey(from);
          case 1 -> window(from);
          case 2 -> group(from);
          case 3 -> sum(from);
          case 4 -> flatten(from);
          case 5 -> sideInput(from);
          case 6 -> reshuffle(from);
          case 7 -> sumByTimer(from);
          case 8 -> stable(from);
          case 9 -> keepUntilTheBundleEnds(from);
          default -> duplicate(from);
        });
  }

  private Branch rekey(Branch from) {
    return new Branch(
        from.collection().apply(name("rekey"), ParDo.of(new RekeyFn())),
        Model.map(
            from.expected(),
            e ->
                List.of(
                    new Datum(
                        RekeyFn.newKey(e.value()), e.value() + 1, e.timestampMs(), e.window()))),
        from.windowing());
  }

  private Branch duplicate(Branch from) {
    return new Branch(
        from.collection().apply(name("duplicate"), ParDo.of(new DuplicateOddFn())),
        Model.map(from.expected(), e -> e.value() % 2 == 0 ? List.of() : List.of(e, e)),
        from.windowing());
  }

  private Branch keepUntilTheBundleEnds(Branch from) {
    return new Branch(
        from.collection().apply(name("keep"), ParDo.of(new KeepFn())),
        from.expected(),
        from.windowing());
  }

  private Branch reshuffle(Branch from) {
    return new Branch(
        from.collection().apply(name("reshuffle"), Reshuffle.of()),
        from.expected(),
        from.windowing());
  }

  /**
   * Any windowing; the global one only where an element is at the end of time, where windows are
   * cut off.
   */
  private Windowing anyWindowing(Branch one, Branch other) {
    Windowing any = Windowing.values()[random.nextInt(Windowing.values().length)];
    long endOfTime = GlobalWindow.INSTANCE.maxTimestamp().getMillis();
    boolean ended =
        Stream.of(one, other)
            .flatMap(branch -> branch.expected().stream())
            .anyMatch(element -> element.timestampMs() == endOfTime);
    return ended ? Windowing.GLOBAL : any;
  }

  private Branch window(Branch from) {
    return window(from, anyWindowing(from, from));
  }

  private Branch window(Branch from, Windowing to) {
    return new Branch(
        from.collection().apply(name("window"), Window.into(windowFn(to))),
        Model.window(from.expected(), windowsOf(to)),
        to);
  }

  private static WindowFn<Object, ?> windowFn(Windowing windowing) {
    return switch (windowing) {
      case GLOBAL -> new GlobalWindows();
      case FIXED -> FixedWindows.of(Duration.millis(FIXED_MS));
      case SLIDING ->
          SlidingWindows.of(Duration.millis(2 * FIXED_MS)).every(Duration.millis(FIXED_MS));
      case SESSIONS -> Sessions.withGapDuration(Duration.millis(GAP_MS));
    };
  }

  private static Function<Long, List<? extends BoundedWindow>> windowsOf(Windowing windowing) {
    return switch (windowing) {
      case GLOBAL -> ts -> List.of(GlobalWindow.INSTANCE);
      case FIXED -> ts -> List.of(interval(Math.floorDiv(ts, FIXED_MS) * FIXED_MS, FIXED_MS));
      case SLIDING ->
          ts -> {
            long start = Math.floorDiv(ts, FIXED_MS) * FIXED_MS;
            return List.of(interval(start, 2 * FIXED_MS), interval(start - FIXED_MS, 2 * FIXED_MS));
          };
      case SESSIONS -> ts -> List.of(interval(ts, GAP_MS));
    };
  }

  private static IntervalWindow interval(long startMs, long lengthMs) {
    return new IntervalWindow(Instant.ofEpochMilli(startMs), Duration.millis(lengthMs));
  }

  private Branch group(Branch from) {
    return new Branch(
        from.collection()
            .apply(name("group"), GroupByKey.create())
            .apply(name("digest"), ParDo.of(new DigestFn())),
        Model.group(
            from.expected(),
            from.windowing() == Windowing.SESSIONS,
            (key, values) -> DigestFn.digest(values)),
        from.windowing());
  }

  private Branch sum(Branch from) {
    return new Branch(
        from.collection().apply(name("sum"), Sum.longsPerKey()),
        Model.group(
            from.expected(),
            from.windowing() == Windowing.SESSIONS,
            (key, values) -> values.stream().mapToLong(v -> v).sum()),
        from.windowing());
  }

  /** The same sum, by user state and a timer at the end of the window; windows must not merge. */
  private Branch sumByTimer(Branch from) {
    Branch in = from.windowing() == Windowing.SESSIONS ? window(from, Windowing.FIXED) : from;
    return new Branch(
        in.collection().apply(name("sumByTimer"), ParDo.of(new SumByTimerFn())),
        Model.group(in.expected(), false, (key, values) -> values.stream().mapToLong(v -> v).sum()),
        in.windowing());
  }

  /** Passes elements on, and witnesses that what has been seen is seen again after a crash. */
  private Branch stable(Branch from) {
    Branch in = from.windowing() == Windowing.SESSIONS ? window(from, Windowing.FIXED) : from;
    String name = name("stable");
    return new Branch(
        in.collection().apply(name, ParDo.of(new Witness.StableFn(sink, name))),
        in.expected(),
        in.windowing());
  }

  private Branch flatten(Branch from) {
    Branch other = branches.get(random.nextInt(branches.size()));
    Windowing to = anyWindowing(from, other);
    Branch left = window(from, to);
    Branch right = random.nextInt(4) == 0 ? left : window(other, to);
    List<Datum> both = new ArrayList<>(left.expected());
    both.addAll(right.expected());
    return new Branch(
        PCollectionList.of(left.collection())
            .and(right.collection())
            .apply(name("flatten"), Flatten.pCollections()),
        both,
        to);
  }

  /**
   * Adds the number of elements of another branch that share the window, all over the global one.
   */
  private Branch sideInput(Branch from) {
    Branch other = branches.get(random.nextInt(branches.size()));
    Windowing to =
        random.nextBoolean() || anyWindowing(from, other) == Windowing.GLOBAL
            ? Windowing.GLOBAL
            : Windowing.FIXED;
    Branch main = window(from, to);
    Branch side = window(other, to);
    PCollectionView<Iterable<Long>> view =
        side.collection()
            .apply(name("values"), Values.create())
            .apply(name("view"), View.asIterable());
    return new Branch(
        main.collection().apply(name("side"), ParDo.of(new AddSideFn(view)).withSideInputs(view)),
        Model.map(
            main.expected(),
            e -> {
              long count =
                  side.expected().stream().filter(s -> s.window().equals(e.window())).count();
              return List.of(new Datum(e.key(), e.value() + count, e.timestampMs(), e.window()));
            }),
        to);
  }

  private static final class RekeyFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    static int newKey(long value) {
      return (int) Math.floorMod(value, 3L);
    }

    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(newKey(kv.getValue()), kv.getValue() + 1));
    }
  }

  private static final class DuplicateOddFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, OutputReceiver<KV<Integer, Long>> out) {
      if (kv.getValue() % 2 != 0) {
        out.output(kv);
        out.output(kv);
      }
    }
  }

  /** What it emits at the end of a bundle must not be late. */
  private static final class KeepFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private record Kept(KV<Integer, Long> element, Instant timestamp, BoundedWindow window) {}

    private transient List<Kept> kept;

    @StartBundle
    public void start() {
      kept = new ArrayList<>();
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element, @Timestamp Instant timestamp, BoundedWindow window) {
      kept.add(new Kept(element, timestamp, window));
    }

    @FinishBundle
    public void finish(FinishBundleContext context) {
      kept.forEach(one -> context.output(one.element(), one.timestamp(), one.window()));
    }
  }

  private static final class DigestFn extends DoFn<KV<Integer, Iterable<Long>>, KV<Integer, Long>> {
    static long digest(List<Long> sorted) {
      long digest = 7;
      for (long value : sorted) {
        digest = (31 * digest + value) % 1_000_003;
      }
      return digest;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Long>> kv, OutputReceiver<KV<Integer, Long>> out) {
      List<Long> values = new ArrayList<>();
      kv.getValue().forEach(values::add);
      values.sort(null);
      out.output(KV.of(kv.getKey(), digest(values)));
    }
  }

  static final class SumByTimerFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @StateId("sum")
    private final StateSpec<ValueState<Long>> sum = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        BoundedWindow window,
        @StateId("sum") ValueState<Long> state,
        @TimerId("end") Timer timer) {
      Long before = state.read();
      state.write((before == null ? 0 : before) + kv.getValue());
      timer.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void atEnd(
        @Key Integer key,
        @AlwaysFetched @StateId("sum") ValueState<Long> state,
        OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, state.read()));
    }
  }

  private static final class AddSideFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final PCollectionView<Iterable<Long>> view;

    AddSideFn(PCollectionView<Iterable<Long>> view) {
      this.view = view;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      long count = 0;
      for (Long ignored : context.sideInput(view)) {
        count++;
      }
      KV<Integer, Long> kv = context.element();
      context.output(KV.of(kv.getKey(), kv.getValue() + count));
    }
  }
}
