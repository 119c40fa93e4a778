package dev.sluice.validatesrunner.differential;

import dev.sluice.validatesrunner.differential.Branch.Facts;
import dev.sluice.validatesrunner.differential.Branch.Order;
import dev.sluice.validatesrunner.differential.Windowing.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TimestampedValue;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A pipeline of random sources and transforms, the same for the same seed.
 *
 * <p>Used by one thread. Always true: Beam's model leaves no choice in what its PCollections hold,
 * panes included. So a transform whose outcome depends on the order of elements, on bundles or on
 * processing time is only put where a {@link Branch} says that these are given.
 */
final class RandomPipeline {
  private static final int MOST_TRANSFORMS = 8;

  private final Random random;
  private final Pipeline pipeline;
  private final String run;
  private final List<Branch> branches = new ArrayList<>();
  private final List<String> text = new ArrayList<>();
  private final boolean late;
  private final boolean combinesTimestamps;
  private int names;

  private RandomPipeline(long seed, Pipeline pipeline, String run) {
    // Seeds in a row give first numbers that are alike.
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.pipeline = pipeline;
    this.run = run;
    this.late = hasLateData(seed);
    this.combinesTimestamps = !late || needsOneTask(seed);
  }

  /** Whether the pipeline of this seed has late data. */
  private static boolean hasLateData(long seed) {
    return seed % 3 != 0;
  }

  /**
   * Whether the outcome of the pipeline of this seed is determined for one task only. The timestamp
   * of a pane is combined of its elements that are not behind the output watermark of the grouping,
   * and the model leaves open which keys share that. So late data wants either one task or panes
   * whose timestamp is the end of their window, and half of the seeds with late data have each.
   */
  static boolean needsOneTask(long seed) {
    return hasLateData(seed) && seed / 3 % 2 != 0;
  }

  /**
   * Adds the pipeline of this seed to an empty one.
   *
   * @param run by which {@link Observations} keeps what is seen
   * @return the pipeline as text
   */
  static String build(long seed, Pipeline pipeline, String run) {
    RandomPipeline builder = new RandomPipeline(seed, pipeline, run);
    builder.build();
    return String.join("\n", builder.text);
  }

  private void build() {
    boolean streaming = random.nextInt(6) != 0;
    if (streaming) {
      branches.add(events());
    }
    int bounded = streaming ? random.nextInt(3) / 2 : 1 + random.nextInt(2);
    for (int i = 0; i < bounded; i++) {
      branches.add(created());
    }
    int transforms = 1 + random.nextInt(MOST_TRANSFORMS);
    for (int i = 0; i < transforms; i++) {
      grow(branches.get(random.nextInt(branches.size())));
    }
  }

  private Branch events() {
    boolean single = random.nextInt(4) != 0;
    text.add("events:");
    PCollection<KV<Integer, Long>> stream =
        pipeline.apply(
            "events",
            new Events(random, single, late, event -> text.add("  " + event))
                .stream(coder(random)));
    Order order = single ? Order.SINGLE : Order.BURST;
    return added("events", stream, Windowing.OF_SOURCE, order, new Facts(false, false, false, 1));
  }

  private Branch created() {
    List<TimestampedValue<KV<Integer, Long>>> values = new ArrayList<>();
    int size = random.nextInt(12);
    for (int i = 0; i < size; i++) {
      values.add(
          TimestampedValue.of(
              KV.of(random.nextInt(3), 1L << i), Instant.ofEpochMilli(random.nextInt(1_000))));
    }
    return added(
        "create "
            + values.stream()
                .map(v -> v.getValue() + " at " + v.getTimestamp().getMillis())
                .toList(),
        pipeline.apply(name("create"), Create.timestamped(values).withCoder(coder(random))),
        Windowing.OF_SOURCE,
        Order.BURST,
        new Facts(true, false, false, 0));
  }

  private static Coder<KV<Integer, Long>> coder(Random random) {
    return KvCoder.of(
        VarIntCoder.of(), random.nextBoolean() ? VarLongCoder.of() : BigEndianLongCoder.of());
  }

  private void grow(Branch from) {
    branches.add(
        switch (random.nextInt(16)) {
          case 0 -> rekey(from);
          case 1, 2 -> window(from);
          case 3, 4 -> group(from);
          case 5, 6 -> combine(from);
          case 7 -> combineGlobally(from);
          case 8 -> flatten(from);
          case 9 -> reshuffle(from);
          case 10 -> repeat(from);
          case 11, 12 -> stateful(from);
          case 13, 14 -> sideInput(from);
          default -> split(from);
        });
  }

  private String name(String kind) {
    return kind + names++;
  }

  /** Names the PCollection, writes it into the text and has it observed. */
  private Branch added(
      String made,
      PCollection<KV<Integer, Long>> collection,
      Windowing windowing,
      Order order,
      Facts facts) {
    String name = name("p");
    text.add("%s = %s  [%s %s]".formatted(name, made, order, facts));
    observe(name, collection);
    return new Branch(name, collection, windowing, order, facts);
  }

  private <T> void observe(String name, PCollection<T> collection) {
    collection.apply("observe " + name, ParDo.of(new Observations.ObserveFn<>(run, name)));
  }

  private Branch parDo(
      Branch from, String what, DoFn<KV<Integer, Long>, KV<Integer, Long>> fn, Order order) {
    return added(
        what + " " + from.name(),
        from.collection().apply(name(what), ParDo.of(fn)),
        from.windowing(),
        order,
        order == Order.SINGLE ? from.facts() : from.facts().shareless());
  }

  private Branch rekey(Branch from) {
    Order order = from.order() == Order.SINGLE ? Order.SINGLE : Order.BURST;
    return parDo(from, "rekey", new Functions.RekeyFn(), order);
  }

  private Branch repeat(Branch from) {
    return parDo(from, "repeat", new Functions.RepeatFn(), Order.BURST);
  }

  private Branch split(Branch from) {
    TupleTag<KV<Integer, Long>> left = new TupleTag<>("left");
    TupleTag<KV<Integer, Long>> right = new TupleTag<>("right");
    PCollectionTuple both =
        from.collection()
            .apply(
                name("split"),
                ParDo.of(new Functions.SplitFn(left, right))
                    .withOutputTags(left, TupleTagList.of(right)));
    branches.add(half(from, both.get(left), 0));
    return half(from, both.get(right), 1);
  }

  private Branch half(Branch from, PCollection<KV<Integer, Long>> half, int which) {
    Facts facts = from.facts();
    int share = facts.share() == 0 ? 0 : 2 * facts.share() + which;
    return added(
        "half %s of %s".formatted(which, from.name()),
        half.setCoder(coder(random)),
        from.windowing(),
        from.order(),
        new Facts(facts.bounded(), facts.movedByClock(), facts.onlyGlobal(), share));
  }

  private Branch reshuffle(Branch from) {
    return added(
        "reshuffle " + from.name(),
        from.collection().apply(name("reshuffle"), Reshuffle.of()),
        from.windowing(),
        from.order(),
        from.facts());
  }

  private Kind anyKind(Facts facts) {
    return facts.onlyGlobal() ? Kind.GLOBAL : Windowing.oneOf(random, Kind.values());
  }

  private Branch window(Branch from) {
    return window(from, anyKind(from.facts()));
  }

  private Branch window(Branch from, Kind kind) {
    boolean ordered = from.order() == Order.SINGLE && random.nextInt(4) != 0;
    return window(from, windowing(kind, from.facts(), ordered));
  }

  private Windowing windowing(Kind kind, Facts facts, boolean ordered) {
    Windowing windowing =
        ordered
            ? Windowing.any(random, kind, !facts.movedByClock(), late)
            : Windowing.oneFiring(random, kind);
    boolean timestampsMatter = combinesTimestamps && (ordered || !facts.onlyGlobal());
    return timestampsMatter ? windowing : windowing.withPanesAtEnd();
  }

  private Branch window(Branch from, Windowing to) {
    PCollection<KV<Integer, Long>> windowed = to.applyTo(from.collection(), name("window"));
    return added(
        "window " + from.name() + " by " + describe(windowed),
        windowed,
        to,
        from.order() == Order.SINGLE ? Order.SINGLE : Order.BURST,
        from.facts());
  }

  private static String describe(PCollection<?> windowed) {
    WindowingStrategy<?, ?> strategy = windowed.getWindowingStrategy();
    StringBuilder fn = new StringBuilder(strategy.getWindowFn().getClass().getSimpleName());
    DisplayData.from(strategy.getWindowFn())
        .items()
        .forEach(item -> fn.append(' ').append(item.getKey()).append(' ').append(item.getValue()));
    return "%s, %s, %s ms late, %s, %s, %s, %s"
        .formatted(
            fn,
            strategy.getTrigger(),
            strategy.getAllowedLateness().getMillis(),
            strategy.getMode(),
            strategy.getClosingBehavior(),
            strategy.getOnTimeBehavior(),
            strategy.getTimestampCombiner());
  }

  /** The branch, windowed anew if a grouping of it would not be determined. */
  private Branch groupable(Branch from) {
    return from.canBeGrouped() ? from : window(from);
  }

  private Branch group(Branch any) {
    Branch from = groupable(any);
    PCollection<KV<Integer, Iterable<Long>>> groups =
        from.collection().apply(name("group"), GroupByKey.create());
    String name = name("g");
    text.add("%s = group %s".formatted(name, from.name()));
    observe(name, groups);
    return grouped(
        from,
        "digest of " + name,
        groups.apply(name("digest"), ParDo.of(new Functions.DigestFn())));
  }

  private Branch grouped(Branch from, String made, PCollection<KV<Integer, Long>> collection) {
    Facts facts =
        new Facts(
            from.facts().bounded(),
            from.facts().movedByClock() || from.windowing().clock(),
            from.facts().onlyGlobal()
                || from.windowing().kind() == Kind.GLOBAL
                || from.windowing().lateness().isLongerThan(Duration.ZERO),
            0);
    return added(made, collection, from.windowing().afterGrouping(), Order.KEYED, facts);
  }

  private Branch combine(Branch any) {
    Branch from = groupable(any);
    int which = random.nextInt(4);
    PTransform<PCollection<KV<Integer, Long>>, PCollection<KV<Integer, Long>>> combine =
        switch (which) {
          case 0 -> Sum.longsPerKey();
          case 1 -> Count.perKey();
          case 2 -> Max.longsPerKey();
          default -> Combine.perKey(new Functions.DigestCombineFn());
        };
    String what = List.of("sum", "count", "max", "combine").get(which);
    return grouped(from, what + " " + from.name(), from.collection().apply(name(what), combine));
  }

  private Branch combineGlobally(Branch any) {
    // One key for all: elements of two keys may come at once.
    Branch from =
        any.order() == Order.SINGLE || any.windowing().oneFiring() ? groupable(any) : window(any);
    PCollection<KV<Integer, Long>> combined =
        from.collection()
            .apply(name("values"), Values.create())
            .apply(
                name("globally"),
                Combine.globally(new Functions.DigestCombineFn()).withoutDefaults())
            .apply(name("keyed"), ParDo.of(new Functions.KeyedFn()));
    return grouped(from, "combine globally " + from.name(), combined);
  }

  private Branch flatten(Branch one) {
    Branch other = branches.get(random.nextInt(branches.size()));
    Facts facts = one.facts().and(other.facts());
    boolean ordered = one.sharesNoEventWith(other) && random.nextInt(4) != 0;
    Windowing to = windowing(anyKind(facts), facts, ordered);
    Branch left = window(one, to);
    Branch right = random.nextInt(4) == 0 ? left : window(other, to);
    return added(
        "flatten " + left.name() + " and " + right.name(),
        PCollectionList.of(left.collection())
            .and(right.collection())
            .apply(name("flatten"), Flatten.pCollections()),
        to,
        left.sharesNoEventWith(right) ? Order.SINGLE : Order.BURST,
        facts);
  }

  private Branch stateful(Branch any) {
    // Beam has no state for windows that merge.
    Branch from =
        any.windowing().merging() || (any.order() == Order.BURST && !any.windowing().oneFiring())
            ? window(any, any.facts().onlyGlobal() ? Kind.GLOBAL : Kind.FIXED)
            : any;
    int which = random.nextInt(7);
    if (which == 0 && from.order() != Order.BURST) {
      return parDo(from, "running", new Stateful.RunningFn(), from.order());
    }
    if (which == 1 && from.order() == Order.SINGLE) {
      long pauseMs = random.nextInt(200);
      return timed(from, "pause " + pauseMs + " ms", new Stateful.PauseFn(pauseMs));
    }
    if (which == 2 && from.order() == Order.SINGLE) {
      // The DirectRunner does not hold the watermark for such timers, so nothing is built on this.
      long delayMs = 1L + 2L * random.nextInt(100);
      timed(from, "delay " + delayMs + " ms", new Stateful.DelayFn(delayMs));
      return from;
    }
    if (which == 5 && from.order() == Order.SINGLE) {
      long periodMs = 1L + random.nextInt(100);
      return burst(timed(from, "loop " + periodMs + " ms", new Stateful.LoopFn(periodMs)));
    }
    if (which == 6 && from.order() == Order.SINGLE) {
      long waitMs = random.nextInt(200);
      return burst(timed(from, "family " + waitMs + " ms", new Stateful.FamilyFn(waitMs)));
    }
    return which == 3 && from.windowing().oneFiring()
        ? timed(from, "sum at end", new Stateful.SumAtEndFn())
        : timed(from, "digest at expiry", new Stateful.DigestAtExpiryFn());
  }

  /** A ParDo that emits from timers only. */
  private Branch timed(Branch from, String what, DoFn<KV<Integer, Long>, KV<Integer, Long>> fn) {
    return grouped(
        from, what + " " + from.name(), from.collection().apply(name("timed"), ParDo.of(fn)));
  }

  /** The same, but for what is said of its order. */
  private static Branch burst(Branch from) {
    return new Branch(
        from.name(), from.collection(), from.windowing(), Order.BURST, from.facts().shareless());
  }

  private Branch sideInput(Branch any) {
    Branch other = branches.get(random.nextInt(branches.size()));
    if (!late && any.sharesNoEventWith(other)) {
      return triggeredSideInput(any, other);
    }
    // What is there for an element in an expired window is not determined, nor what is late after
    // it has waited; behind a grouping nothing is late at first.
    Branch main = late ? combine(any) : any;
    boolean global =
        main.windowing().kind() == Kind.GLOBAL
            || other.facts().onlyGlobal()
            || random.nextInt(3) == 0;
    Kind kind = global ? Kind.GLOBAL : random.nextBoolean() ? Kind.FIXED : Kind.SLIDING;
    Branch side = window(other, windowing(kind, other.facts(), false));
    Views.SideInput view = Views.any(random, side.collection(), name("view"));
    return added(
        "add to %s %s of %s".formatted(main.name(), view.kind(), side.name()),
        main.collection().apply(name("add"), view.added()),
        main.windowing(),
        side.facts().bounded() ? main.order() : Order.BURST,
        main.facts().shareless());
  }

  /** Each element sees the last pane of the view before its event, or waits for the first. */
  private Branch triggeredSideInput(Branch main, Branch other) {
    Kind kind = main.windowing().kind() == Kind.GLOBAL ? Kind.GLOBAL : Kind.FIXED;
    Branch side = window(other, Windowing.any(random, kind, false, late));
    Views.SideInput view = Views.iterable(side.collection(), name("view"));
    return added(
        "add to %s triggered %s of %s".formatted(main.name(), view.kind(), side.name()),
        main.collection().apply(name("add"), view.added()),
        main.windowing(),
        Order.BURST,
        main.facts().shareless());
  }
}
