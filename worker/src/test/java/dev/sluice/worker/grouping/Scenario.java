package dev.sluice.worker.grouping;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.apache.beam.sdk.values.KV;

/**
 * Random input for a grouping: elements around the watermark, early and late, alone and in bundles,
 * and watermarks between them; the same from the same seed, so that two operators can be driven by
 * it.
 *
 * <p>Immutable once made.
 */
final class Scenario {
  private final List<Consumer<GroupingDriver>> steps = new ArrayList<>();
  private final Random random;
  private final IntFunction<?> keys;
  private final boolean accumulators;
  private final int mostLateMs;
  private long watermarkMs;

  /**
   * @param keys makes a key of a number; a new object at each call
   * @param accumulators whether some elements come as accumulators of {@link Listing}
   */
  Scenario(Random random, IntFunction<?> keys, boolean accumulators) {
    this(random, keys, accumulators, 2_500);
  }

  /** Without accumulators and without late elements. */
  static Scenario onTime(Random random, IntFunction<?> keys) {
    return new Scenario(random, keys, false, 0);
  }

  private Scenario(Random random, IntFunction<?> keys, boolean accumulators, int mostLateMs) {
    this.mostLateMs = mostLateMs;
    this.random = random;
    this.keys = keys;
    this.accumulators = accumulators;
    int count = 20 + random.nextInt(200);
    for (int i = 0; i < count; i++) {
      addStep();
    }
    steps.add(GroupingDriver::end);
  }

  private void addStep() {
    switch (random.nextInt(10)) {
      case 0, 1 -> {
        watermarkMs += random.nextInt(2_500);
        long advanced = watermarkMs;
        steps.add(driver -> driver.watermark(advanced));
      }
      case 2 -> addBundle();
      case 3 -> addAccumulator();
      default -> {
        int key = key();
        long value = random.nextInt(1000);
        long timestampMs = timestampMs();
        steps.add(driver -> driver.element(KV.of(keys.apply(key), value), timestampMs));
      }
    }
  }

  private void addBundle() {
    int size = 1 + random.nextInt(50);
    int[] bundleKeys = new int[size];
    long[] timestampsMs = new long[size];
    long[] values = new long[size];
    for (int i = 0; i < size; i++) {
      bundleKeys[i] = key();
      timestampsMs[i] = timestampMs();
      values[i] = random.nextInt(1000);
    }
    steps.add(
        driver -> {
          List<KV<Object, Long>> bundle = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            bundle.add(KV.of(KV.of(keys.apply(bundleKeys[i]), values[i]), timestampsMs[i]));
          }
          driver.bundle(bundle);
        });
  }

  private void addAccumulator() {
    int key = key();
    long value = random.nextInt(1000);
    long timestampMs = timestampMs();
    if (accumulators) {
      steps.add(
          driver ->
              driver.accumulator(
                  KV.of(keys.apply(key), new ArrayList<>(List.of(value, value + 1))), timestampMs));
    }
  }

  private int key() {
    return random.nextInt(random.nextBoolean() ? 4 : 40);
  }

  private long timestampMs() {
    return Math.max(0, watermarkMs + random.nextInt(6_000) - mostLateMs);
  }

  /** Plays it and gives back all that came out, in any order. */
  Map<Out, Integer> play(GroupingDriver driver) {
    Map<Out, Integer> counts = new HashMap<>();
    for (Consumer<GroupingDriver> step : steps) {
      step.accept(driver);
    }
    for (Out out : driver.take()) {
      counts.merge(comparable(out), 1, Integer::sum);
    }
    return counts;
  }

  /** Plays it on both, and tells after which step their output watermarks differ, or -1. */
  int firstDifferentWatermark(GroupingDriver one, GroupingDriver other) {
    for (int i = 0; i < steps.size(); i++) {
      steps.get(i).accept(one);
      steps.get(i).accept(other);
      if (one.outputWatermarkMs() != other.outputWatermarkMs()) {
        return i;
      }
    }
    return -1;
  }

  private static Out comparable(Out out) {
    Object key = out.key() instanceof byte[] bytes ? Arrays.toString(bytes) : out.key();
    Object value = out.value();
    if (value instanceof List<?> list) {
      value = list.stream().map(Object::toString).sorted().toList();
    }
    return new Out(key, value, out.timestampMs(), out.window(), out.pane());
  }
}
