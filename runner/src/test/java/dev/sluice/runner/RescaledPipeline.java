package dev.sluice.runner;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
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
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * A pipeline whose state is larger than what it may have on the heap, and of the kinds that are
 * moved in pieces: accumulators of many keys, collections in parts, elements that wait for a
 * checkpoint and for a side input. Number n comes at millisecond n, so that each of them has one
 * right content at any time.
 */
final class RescaledPipeline {
  static final int WINDOW = 40_000;

  /** The keys of a window; each has {@code WINDOW / KEYS} numbers in it. */
  static final int KEYS = 10_000;

  static final Seen SEEN = new Seen();

  static final int SHORT_WINDOW = 5_000;
  private static final int FEW = 10;
  private static final int FEW_KEYS = 7;
  private static final int READ_EACH = 500;
  private static final int BACK = 1_000;

  private RescaledPipeline() {}

  /** What the functions have seen; of any thread. */
  static final class Seen {
    private static final int MOST_WRONG = 20;

    private final List<String> wrong = new ArrayList<>();

    /** By the kind of result and the start of the window, the keys that have come. */
    private final Map<String, BitSet> fired = new TreeMap<>();

    private final Map<String, BitSet> firedInThisRun = new TreeMap<>();
    private long greatest;

    synchronized void runBegins() {
      firedInThisRun.clear();
    }

    synchronized List<String> wrong() {
      return List.copyOf(wrong);
    }

    synchronized long greatest() {
      return greatest;
    }

    synchronized void number(long number) {
      greatest = Math.max(greatest, number);
      notifyAll();
    }

    synchronized void check(String what, long number, Object is, Object shouldBe) {
      if (!is.equals(shouldBe) && wrong.size() < MOST_WRONG) {
        wrong.add(what + " at " + number + " is " + is + ", not " + shouldBe);
      }
    }

    /** A result of a window came; it may come twice if the job was stopped in between. */
    synchronized void fired(String kind, long start, int key) {
      BitSet now = firedInThisRun.computeIfAbsent(kind + start, w -> new BitSet());
      check(kind + " of key " + key + ": came before", start, now.get(key), false);
      now.set(key);
      fired.computeIfAbsent(kind + start, w -> new BitSet()).set(key);
      notifyAll();
    }

    synchronized void awaitNumber(long number) throws InterruptedException {
      while (greatest < number) {
        wait();
      }
    }

    synchronized void awaitFired(String kind, long start, int keys) throws InterruptedException {
      while (!fired.containsKey(kind + start) || fired.get(kind + start).cardinality() < keys) {
        wait();
      }
    }
  }

  static SluicePipelineResult run(String... arguments) {
    SEEN.runBegins();
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("rescaled");
    options.setCheckpointIntervalMs(300);
    options.setStateMemoryMb(1);
    Pipeline pipeline = Pipeline.create(options);
    PCollection<Long> numbers =
        pipeline.apply(
            "numbers",
            GenerateSequence.from(0)
                .withRate(20, Duration.millis(1))
                .withTimestampFn(new TimeOfNumber()));
    addWindows(numbers);
    PCollection<Long> few = numbers.apply("few", Filter.by((Long number) -> number % FEW == 0));
    PCollection<KV<Integer, Long>> fewByKey =
        few.apply(
                "few keys",
                WithKeys.<Integer, Long>of(number -> (int) (number / FEW % FEW_KEYS))
                    .withKeyType(TypeDescriptors.integers()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()));
    fewByKey.apply("large", ParDo.of(new LargeFn()));
    fewByKey.apply("stable", ParDo.of(new StableFn()));
    addWaiting(few);
    return (SluicePipelineResult) pipeline.run();
  }

  private static void addWindows(PCollection<Long> numbers) {
    PCollection<KV<Integer, Long>> windows =
        numbers
            .apply(
                "key",
                WithKeys.<Integer, Long>of(number -> (int) (number % KEYS))
                    .withKeyType(TypeDescriptors.integers()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()))
            .apply("window", Window.into(FixedWindows.of(Duration.millis(WINDOW))));
    windows.apply("sum", Sum.longsPerKey()).apply("check sums", ParDo.of(new SumFn()));
    windows.apply("group", GroupByKey.create()).apply("check groups", ParDo.of(new GroupFn()));
  }

  /** Each number waits for the sum of its window, which is there when the window is over. */
  private static void addWaiting(PCollection<Long> few) {
    PCollection<Long> windows =
        few.apply("short window", Window.into(FixedWindows.of(Duration.millis(SHORT_WINDOW))));
    PCollectionView<Long> sum = windows.apply("side", Sum.longsGlobally().asSingletonView());
    windows
        .apply("wait", ParDo.of(new WaitFn(sum)).withSideInputs(sum))
        .apply("sum of waited", Sum.longsGlobally().withoutDefaults())
        .apply("check waited", ParDo.of(new WaitedFn()));
  }

  private static long start(BoundedWindow window, int size) {
    return window.maxTimestamp().getMillis() + 1 - size;
  }

  private static long sumOfFew(long start) {
    long count = SHORT_WINDOW / FEW;
    return count * start + FEW * count * (count - 1) / 2;
  }

  /** A class of its own, because it is a part of the source that is saved. */
  private static final class TimeOfNumber implements SerializableFunction<Long, Instant> {
    private static final long serialVersionUID = 1L;

    @Override
    public Instant apply(Long number) {
      return Instant.ofEpochMilli(number);
    }
  }

  private static final class SumFn extends DoFn<KV<Integer, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Long> sum, BoundedWindow window) {
      long start = start(window, WINDOW);
      long each = WINDOW / KEYS;
      long right = each * (start + sum.getKey()) + KEYS * each * (each - 1) / 2;
      SEEN.check("sum of key " + sum.getKey(), start, sum.getValue(), right);
      SEEN.fired("sum", start, sum.getKey());
    }
  }

  private static final class GroupFn extends DoFn<KV<Integer, Iterable<Long>>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Long>> group, BoundedWindow window) {
      long start = start(window, WINDOW);
      List<Long> values = new ArrayList<>();
      group.getValue().forEach(values::add);
      values.sort(null);
      List<Long> right = new ArrayList<>();
      for (long number = start + group.getKey(); number < start + WINDOW; number += KEYS) {
        right.add(number);
      }
      SEEN.check("group of key " + group.getKey(), start, values, right);
      SEEN.fired("group", start, group.getKey());
    }
  }

  /** A map and a bag of each key that only grow. */
  private static final class LargeFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("map")
    private final StateSpec<MapState<Long, Long>> mapSpec =
        StateSpecs.map(VarLongCoder.of(), VarLongCoder.of());

    @StateId("bag")
    private final StateSpec<BagState<Long>> bagSpec = StateSpecs.bag(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element,
        @StateId("map") MapState<Long, Long> map,
        @StateId("bag") BagState<Long> bag) {
      long number = element.getValue();
      long index = number / (FEW * FEW_KEYS);
      SEEN.check("what is not in the map", number, map.get(number).read() == null, true);
      map.put(number, -number);
      if (index >= BACK) {
        long earlier = number - (long) BACK * FEW * FEW_KEYS;
        SEEN.check("map", number, String.valueOf(map.get(earlier).read()), "" + -earlier);
      }
      if (index % READ_EACH == 0) {
        List<Long> content = new ArrayList<>();
        bag.read().forEach(content::add);
        content.sort(null);
        List<Long> right = new ArrayList<>();
        for (long before = number % (FEW * FEW_KEYS); before < number; before += FEW * FEW_KEYS) {
          right.add(before);
        }
        SEEN.check("bag", number, content, right);
      }
      bag.add(number);
      SEEN.number(number);
    }
  }

  /** Elements wait for a checkpoint in front of it. */
  private static final class StableFn extends DoFn<KV<Integer, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    @RequiresStableInput
    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element, @StateId("count") ValueState<Long> count) {
      Long before = count.read();
      long counted = before == null ? 0 : before;
      SEEN.check("count", element.getValue(), counted, element.getValue() / (FEW * FEW_KEYS));
      count.write(counted + 1);
    }
  }

  private static final class WaitFn extends DoFn<Long, Long> {
    private final PCollectionView<Long> sum;

    WaitFn(PCollectionView<Long> sum) {
      this.sum = sum;
    }

    @ProcessElement
    public void process(ProcessContext context, BoundedWindow window) {
      long start = start(window, SHORT_WINDOW);
      SEEN.check("side input", start, context.sideInput(sum), sumOfFew(start));
      context.output(context.element());
    }
  }

  private static final class WaitedFn extends DoFn<Long, Void> {
    @ProcessElement
    public void process(@Element Long sum, BoundedWindow window) {
      long start = start(window, SHORT_WINDOW);
      SEEN.check("sum of what waited", start, sum, sumOfFew(start));
      SEEN.fired("waited", start, 0);
    }
  }
}
