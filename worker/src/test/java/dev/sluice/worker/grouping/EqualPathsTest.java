package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** Holds the specialised operators against the general one, over seeded random input. */
class EqualPathsTest {
  // More of them by -Dsluice.seeds=1000; a failure names its own.
  private static final int SEEDS = Integer.getInteger("sluice.seeds", 25);

  @Test
  void windowedCombineEqualsTheGeneralPath() {
    for (int seed = 0; seed < SEEDS; seed++) {
      windowedCombine(seed, StringUtf8Coder.of(), key -> "key" + key);
      windowedCombine(seed, ByteArrayCoder.of(), key -> new byte[] {(byte) key, 1});
      windowedCombine(
          seed, NullableCoder.of(VarLongCoder.of()), key -> key == 0 ? null : (long) key);
    }
  }

  private static <K> void windowedCombine(int seed, Coder<K> keyCoder, IntFunction<K> keys) {
    Random random = new Random(seed);
    WindowFn<Object, ?> fn = knownWindows(random);
    GroupingSubject subject =
        GroupingSubject.combine(keyCoder, VarLongCoder.of(), onceFiring(fn, random), new Listing());
    Scenario scenario = new Scenario(random, keys, !(fn instanceof SlidingWindows));
    String what = "seed " + seed + ", " + keyCoder + ", " + fn;
    try (GroupingDriver fast = subject.chosenCombine();
        GroupingDriver general = subject.generalCombine()) {
      assertThat(fast.operator()).as(what).isInstanceOf(WindowedCombineOperator.class);
      fast.sliceLimit(1 + random.nextInt(20));
      compare(what, scenario, fast, general);
    }
    try (GroupingDriver fast = subject.chosenCombine();
        GroupingDriver general = subject.generalCombine()) {
      assertThat(scenario.firstDifferentWatermark(fast, general)).as(what).isEqualTo(-1);
    }
  }

  @Test
  void combiningBeforeTheExchangeChangesNothing() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      WindowFn<Object, ?> fn = knownWindows(random);
      GroupingSubject subject =
          GroupingSubject.combine(
              StringUtf8Coder.of(), VarLongCoder.of(), onceFiring(fn, random), new Listing());
      Scenario scenario = new Scenario(random, key -> "key" + key, false);
      String what = "seed " + seed + ", " + fn;
      try (GroupingDriver lifted = subject.liftedCombine();
          GroupingDriver general = subject.generalCombine()) {
        // Late elements are counted as they come, combined already, so the counters may differ.
        Map<Out, Integer> expected = scenario.play(general);
        assertThat(scenario.play(lifted)).as(what).isEqualTo(expected);
        assertThat(lifted.entryCount()).as(what).isZero();
      }
    }
  }

  @Test
  void combinedTimestampsAreThoseThatTheGeneralPathGives() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      WindowFn<Object, ?> fn = knownWindows(random);
      Window<KV<String, Long>> window =
          EqualPathsTest.<KV<String, Long>>onceFiring(fn, random)
              .withTimestampCombiner(
                  random.nextBoolean() ? TimestampCombiner.EARLIEST : TimestampCombiner.LATEST);
      GroupingSubject subject =
          GroupingSubject.combine(StringUtf8Coder.of(), VarLongCoder.of(), window, new Listing());
      // Nothing late: what holds no watermark has no timestamp of its own either.
      Scenario scenario = Scenario.onTime(random, key -> "key" + key);
      String what = "seed " + seed + ", " + fn;
      try (GroupingDriver lifted = subject.liftedCombine();
          GroupingDriver general = subject.generalCombine()) {
        compare(what, scenario, lifted, general);
      }
    }
  }

  @Test
  void windowedGroupingEqualsTheGeneralPath() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      WindowFn<Object, ?> fn = knownWindows(random);
      GroupingSubject subject =
          GroupingSubject.groupByKey(
              StringUtf8Coder.of(), VarLongCoder.of(), onceFiring(fn, random));
      Scenario scenario = new Scenario(random, key -> "key" + key, false);
      String what = "seed " + seed + ", " + fn;
      try (GroupingDriver fast = subject.chosenGroupByKey();
          GroupingDriver general = subject.generalGroupByKey()) {
        assertThat(fast.operator()).as(what).isInstanceOf(WindowedCombineOperator.class);
        fast.sliceLimit(1 + random.nextInt(20));
        compare(what, scenario, fast, general);
      }
      try (GroupingDriver fast = subject.collectView();
          GroupingDriver general = subject.generalCollectView()) {
        assertThat(fast.operator()).as(what).isInstanceOf(WindowedCombineOperator.class);
        compare(what, scenario, fast, general);
      }
    }
  }

  private static void compare(
      String what, Scenario scenario, GroupingDriver fast, GroupingDriver general) {
    Map<Out, Integer> expected = scenario.play(general);
    assertThat(scenario.play(fast)).as(what).isEqualTo(expected);
    assertThat(fast.droppedDueToLateness())
        .as(what)
        .isEqualTo(general.droppedDueToLateness() + general.droppedDueToClosedWindow());
    assertThat(fast.entryCount()).as(what).isZero();
    assertThat(general.entryCount()).as(what).isZero();
  }

  private static WindowFn<Object, ?> knownWindows(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new GlobalWindows();
      case 1 -> SlidingWindows.of(Duration.millis(2_000)).every(Duration.millis(700));
      default ->
          FixedWindows.of(Duration.millis(300 + random.nextInt(2_000)))
              .withOffset(Duration.millis(7));
    };
  }

  private static <T> Window<T> onceFiring(WindowFn<Object, ?> fn, Random random) {
    Trigger trigger =
        switch (random.nextInt(3)) {
          case 0 -> AfterWatermark.pastEndOfWindow();
          case 1 -> Never.ever();
          default -> DefaultTrigger.of();
        };
    return configured(fn, trigger, Duration.ZERO, random);
  }

  private static <T> Window<T> configured(
      WindowFn<Object, ?> fn, Trigger trigger, Duration lateness, Random random) {
    Window<T> window =
        Window.<T>into(fn)
            .triggering(trigger)
            .withAllowedLateness(
                lateness,
                random.nextBoolean()
                    ? Window.ClosingBehavior.FIRE_ALWAYS
                    : Window.ClosingBehavior.FIRE_IF_NON_EMPTY)
            .withTimestampCombiner(TimestampCombiner.END_OF_WINDOW);
    return random.nextBoolean() ? window.accumulatingFiredPanes() : window.discardingFiredPanes();
  }
}
