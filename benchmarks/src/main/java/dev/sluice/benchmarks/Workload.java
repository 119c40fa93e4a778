package dev.sluice.benchmarks;

import static org.apache.beam.sdk.values.TypeDescriptors.kvs;
import static org.apache.beam.sdk.values.TypeDescriptors.longs;

import java.util.BitSet;
import java.util.Locale;
import java.util.function.LongPredicate;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;

/**
 * What happens between the source and the sink, and what the sink must see of it. B1, B2 and B3
 * compute what W1, W2 and W3 of the hand-written Flink jobs do, so that their answers agree.
 */
enum Workload {
  /** Nothing: what the source, the sink and the way between them cost. */
  B0(100_000),
  /** A sum per key in windows of one second. */
  B1(100_000),
  /** Five maps, of which each makes a new pair. */
  B2(100_000),
  /** Five maps that return what they were given: only the engine allocates beyond the source. */
  B2I(100_000),
  /** A count per key, read and written as value state for each record. */
  B3(1_000_000);

  private static final int WINDOW_MILLIS = 1_000;

  private final long keys;

  Workload(long keys) {
    this.keys = keys;
  }

  static Workload named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  long keys() {
    return keys;
  }

  /** From the source's records to what the sink counts. */
  PCollection<Long> apply(PCollection<KV<Long, Long>> records, Load load) {
    return switch (this) {
      case B0 -> records.apply("Value", Values.create());
      case B1 ->
          records
              .apply("Window", Window.into(FixedWindows.of(Duration.millis(WINDOW_MILLIS))))
              .apply("Sum", Sum.longsPerKey())
              .apply("Value", Values.create());
      case B2 -> fiveMaps(records);
      case B2I -> fiveIdentities(records);
      case B3 ->
          load.valueBytes() == 0
              ? records.apply("Count", ParDo.of(new CountPerKey()))
              : records.apply("Count", ParDo.of(new CountInBytes(load.valueBytes())));
    };
  }

  private static PCollection<Long> fiveMaps(PCollection<KV<Long, Long>> records) {
    return records
        .apply("Map1", pairs(kv -> KV.of(kv.getKey(), kv.getValue() * 31 + 1)))
        .apply("Map2", pairs(kv -> KV.of(kv.getKey(), kv.getValue() ^ kv.getKey())))
        .apply("Map3", pairs(kv -> KV.of(kv.getKey(), kv.getValue() + 7)))
        .apply("Map4", pairs(kv -> KV.of(kv.getKey(), kv.getValue() & 0xffffffL)))
        .apply("Map5", MapElements.into(longs()).via(KV::getValue));
  }

  private static long fiveMapsOf(long key, long value) {
    return (((value * 31 + 1) ^ key) + 7) & 0xffffffL;
  }

  private static PCollection<Long> fiveIdentities(PCollection<KV<Long, Long>> records) {
    PCollection<KV<Long, Long>> last = records;
    for (int i = 1; i <= 4; i++) {
      last = last.apply("Identity" + i, pairs(kv -> kv));
    }
    return last.apply("Value", MapElements.into(longs()).via(KV::getValue));
  }

  private static MapElements<KV<Long, Long>, KV<Long, Long>> pairs(
      SerializableFunction<KV<Long, Long>, KV<Long, Long>> function) {
    return MapElements.into(kvs(longs(), longs())).via(function);
  }

  /**
   * What the sink must have seen.
   *
   * @param bySplit how many records each split has emitted
   */
  Answer expected(long[] bySplit, Load load) {
    int splits = bySplit.length;
    long end = 0;
    for (int i = 0; i < splits; i++) {
      if (bySplit[i] > 0) {
        end = Math.max(end, i + (bySplit[i] - 1) * splits + 1);
      }
    }
    LongPredicate emitted = index -> index / splits < bySplit[(int) (index % splits)];
    return switch (this) {
      case B1 -> expectedOfWindows(end, emitted, load.keys());
      case B3 -> expectedOfCounts(end, emitted, load.keys());
      case B0, B2, B2I -> expectedOfMaps(end, emitted, load.keys());
    };
  }

  private Answer expectedOfMaps(long end, LongPredicate emitted, Keys keys) {
    long count = 0;
    long sum = 0;
    for (long index = 0; index < end; index++) {
      if (emitted.test(index)) {
        long mixed = Records.mix(index);
        long value = Records.value(mixed);
        count++;
        sum += this == B2 ? fiveMapsOf(keys.key(index, mixed), value) : value;
      }
    }
    return new Answer(count, sum);
  }

  /** One sum per key and window in which the key occurs. */
  private Answer expectedOfWindows(long end, LongPredicate emitted, Keys keys) {
    long perWindow = (long) WINDOW_MILLIS * Records.PER_MILLI;
    long count = 0;
    long sum = 0;
    BitSet seen = new BitSet();
    for (long start = 0; start < end; start += perWindow) {
      seen.clear();
      for (long index = start; index < Math.min(end, start + perWindow); index++) {
        if (emitted.test(index)) {
          long mixed = Records.mix(index);
          seen.set((int) keys.key(index, mixed));
          sum += Records.value(mixed);
        }
      }
      count += seen.cardinality();
    }
    return new Answer(count, sum);
  }

  /** For each key the counts 1 to n. */
  private Answer expectedOfCounts(long end, LongPredicate emitted, Keys keys) {
    int[] counts = new int[(int) keys.count()];
    long count = 0;
    long sum = 0;
    for (long index = 0; index < end; index++) {
      if (emitted.test(index)) {
        count++;
        sum += ++counts[(int) keys.key(index, Records.mix(index))];
      }
    }
    return new Answer(count, sum);
  }
}
