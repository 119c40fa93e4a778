package dev.sluice.worker;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.BagState;
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
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.WithTimestamps;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Numbers, counted by key in state of their own and summed by key and window; both answers are
 * gathered in state until the end of time and then written over what was there, so that they show
 * what state gives, whatever was replayed on the way.
 */
final class CrashingPipeline {
  static final String CRASH = "crashed as the test wants it";
  private static final int NUMBERS = 60_000;
  private static final int KEYS = 211;
  private static final AtomicInteger UNTIL_CRASH = new AtomicInteger(Integer.MAX_VALUE);
  private static final Map<String, List<String>> RESULTS = new LinkedHashMap<>();

  private CrashingPipeline() {}

  static void reset() {
    UNTIL_CRASH.set(Integer.MAX_VALUE);
    RESULTS.clear();
  }

  /** One of the next elements makes user code throw. */
  static void crashSoon() {
    UNTIL_CRASH.set(5);
  }

  static Map<String, List<String>> results() {
    Map<String, List<String>> sorted = new TreeMap<>();
    RESULTS.forEach((name, lines) -> sorted.put(name, lines.stream().sorted().toList()));
    return sorted;
  }

  static Map<String, List<String>> expected() {
    Map<Integer, List<Long>> byKey = new TreeMap<>();
    Map<String, Long> byWindow = new TreeMap<>();
    for (long i = 0; i < NUMBERS; i++) {
      int key = (int) (i % KEYS);
      byKey.computeIfAbsent(key, k -> new ArrayList<>()).add(i);
      byWindow.merge(key + "@" + i / 5_000, i, Long::sum);
    }
    List<String> counts = new ArrayList<>();
    byKey.forEach(
        (key, all) ->
            counts.add(
                key + ": " + all.size() + " " + all.stream().mapToLong(Long::longValue).sum()));
    List<String> sums = new ArrayList<>();
    byWindow.forEach((window, sum) -> sums.add(window + ": " + sum));
    Map<String, List<String>> expected = new TreeMap<>();
    expected.put("counts", counts.stream().sorted().toList());
    expected.put("sums", sums.stream().sorted().toList());
    return expected;
  }

  static void build(Pipeline pipeline) {
    PCollection<KV<Integer, Long>> keyed =
        pipeline
            .apply("Numbers", GenerateSequence.from(0).to(NUMBERS))
            .apply("Times", WithTimestamps.of(number -> new Instant(number)))
            .apply("Crash", ParDo.of(new CrashFn()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarLongCoder.of()));
    gathered("counts", keyed.apply("Count", ParDo.of(new CountFn())));
    gathered(
        "sums",
        keyed
            .apply("Windows", Window.into(FixedWindows.of(Duration.millis(5_000))))
            .apply("Sum", Sum.longsPerKey())
            .apply("Describe", ParDo.of(new DescribeFn())));
  }

  private static void gathered(String name, PCollection<String> lines) {
    lines
        .apply(name + " forever", Window.into(new GlobalWindows()))
        .apply(name + " keyed", ParDo.of(new OneKeyFn()))
        .apply(name + " gathered", GroupByKey.create())
        .apply(name + " written", ParDo.of(new WriteFn(name)));
  }

  static final class CrashFn extends DoFn<Long, KV<Integer, Long>> {
    @ProcessElement
    public void process(@Element Long number, OutputReceiver<KV<Integer, Long>> out) {
      if (UNTIL_CRASH.decrementAndGet() == 0) {
        UNTIL_CRASH.set(Integer.MAX_VALUE);
        throw new IllegalStateException(CRASH);
      }
      out.output(KV.of((int) (number % KEYS), number));
    }
  }

  static final class CountFn extends DoFn<KV<Integer, Long>, String> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> countSpec = StateSpecs.value(VarIntCoder.of());

    @StateId("all")
    private final StateSpec<BagState<Long>> allSpec = StateSpecs.bag(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec endSpec = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @StateId("count") ValueState<Integer> count,
        @StateId("all") BagState<Long> all,
        @TimerId("end") Timer end) {
      Integer before = count.read();
      count.write(before == null ? 1 : before + 1);
      all.add(kv.getValue());
      end.set(new Instant(10L * NUMBERS));
    }

    @OnTimer("end")
    public void onEnd(
        @Key Integer key,
        @StateId("count") ValueState<Integer> count,
        @StateId("all") BagState<Long> all,
        OutputReceiver<String> out) {
      long sum = 0;
      for (long number : all.read()) {
        sum += number;
      }
      out.output(key + ": " + count.read() + " " + sum);
    }
  }

  static final class DescribeFn extends DoFn<KV<Integer, Long>, String> {
    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv, @Timestamp Instant time, OutputReceiver<String> out) {
      out.output(kv.getKey() + "@" + time.getMillis() / 5_000 + ": " + kv.getValue());
    }
  }

  static final class OneKeyFn extends DoFn<String, KV<Integer, String>> {
    @ProcessElement
    public void process(@Element String line, OutputReceiver<KV<Integer, String>> out) {
      out.output(KV.of(0, line));
    }
  }

  static final class WriteFn extends DoFn<KV<Integer, Iterable<String>>, Void> {
    private final String name;

    WriteFn(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> all) {
      List<String> lines = new ArrayList<>();
      all.getValue().forEach(lines::add);
      RESULTS.put(name, lines);
    }
  }
}
