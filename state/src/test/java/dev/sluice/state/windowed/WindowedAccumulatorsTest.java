package dev.sluice.state.windowed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.entry.StateEntry;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Tables of accumulators against plain maps, for keys of each kind. */
class WindowedAccumulatorsTest {

  private static IntervalWindow window(long startMs, long endMs) {
    return new IntervalWindow(Instant.ofEpochMilli(startMs), Instant.ofEpochMilli(endMs));
  }

  private static <K> WindowedAccumulators<K, Long> of(Coder<K> keyCoder) {
    return new WindowedAccumulators<>(
        keyCoder, VarLongCoder.of(), IntervalWindow.getCoder(), false);
  }

  @Test
  void holdsWhatAMapWouldHold() {
    for (int seed = 0; seed < 30; seed++) {
      model(seed, VarLongCoder.of(), i -> (long) i);
      model(seed, StringUtf8Coder.of(), i -> "key" + i);
      model(seed, ByteArrayCoder.of(), i -> new byte[] {(byte) i, (byte) (i >> 8)});
      model(seed, NullableCoder.of(StringUtf8Coder.of()), i -> i == 3 ? null : "key" + i);
      // Its objects stand not for themselves: 0.0 and -0.0 are two keys, and it says so.
      model(seed, DoubleCoder.of(), i -> i == 0 ? -0.0 : i - 1.0);
      model(seed, ListCoder.of(ByteArrayCoder.of()), i -> List.of(new byte[] {(byte) i}));
    }
  }

  private static <K> void model(int seed, Coder<K> keyCoder, IntFunction<K> keys) {
    Random random = new Random(seed);
    int keyCount = 1 + random.nextInt(120);
    // Hashes of one task agree in their low bits, and some collide.
    int[] hashes = new int[keyCount];
    Arrays.setAll(hashes, i -> random.nextInt(40) == 0 ? 7 : random.nextInt() << 8);
    WindowedAccumulators<K, Long> accumulators = of(keyCoder);
    Map<IntervalWindow, Map<Integer, Long>> expected = new LinkedHashMap<>();
    List<List<IntervalWindow>> collections = new ArrayList<>();
    for (long start = 0; start < 60; start += 10) {
      collections.add(List.of(window(start, start + 10)));
      collections.add(List.of(window(start, start + 10), window(start, start + 20)));
    }
    for (int step = 0; step < 2_000; step++) {
      if (random.nextInt(150) == 0) {
        closeFirst(accumulators, keys, expected);
      }
      List<IntervalWindow> windows = collections.get(random.nextInt(collections.size()));
      int key = random.nextInt(keyCount);
      for (AccumulatorTable<K, Long> table : accumulators.tables(windows)) {
        addOne(table, keys.apply(key), hashes[key]);
      }
      for (IntervalWindow window : windows) {
        expected.computeIfAbsent(window, w -> new LinkedHashMap<>()).merge(key, 1L, Long::sum);
      }
    }
    assertThat(accumulators.entryCount())
        .isEqualTo(expected.values().stream().mapToLong(Map::size).sum());
    while (accumulators.first() != null) {
      closeFirst(accumulators, keys, expected);
    }
    assertThat(expected).isEmpty();
    assertThat(accumulators.entryCount()).isZero();
  }

  private static <K> void addOne(AccumulatorTable<K, Long> table, K key, int hash) {
    int entry = table.find(key, hash);
    if (entry < 0) {
      table.add(key, hash, 1L);
    } else {
      table.accumulator(entry, table.accumulator(entry) + 1);
    }
  }

  private static <K> void closeFirst(
      WindowedAccumulators<K, Long> accumulators,
      IntFunction<K> keys,
      Map<IntervalWindow, Map<Integer, Long>> expected) {
    AccumulatorTable<K, Long> table = accumulators.first();
    if (table == null) {
      return;
    }
    long leastEndMs =
        expected.keySet().stream().mapToLong(w -> w.maxTimestamp().getMillis()).min().orElseThrow();
    assertThat(table.endMs()).isEqualTo(leastEndMs);
    Map<Integer, Long> inOrder = expected.remove(table.window());
    for (Map.Entry<Integer, Long> entry : inOrder.entrySet()) {
      int first = table.first();
      assertThat(comparable(table.key(first))).isEqualTo(comparable(keys.apply(entry.getKey())));
      assertThat(table.accumulator(first)).isEqualTo(entry.getValue());
      table.release();
    }
    assertThat(table.first()).isEqualTo(table.end());
    accumulators.close(table);
  }

  private static Object comparable(Object key) {
    if (key instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    }
    return key instanceof List<?> list
        ? list.stream().map(WindowedAccumulatorsTest::comparable).toList()
        : key;
  }

  @Test
  void showsItsEntriesByAscendingKeyGroup() {
    WindowedAccumulators<Long, Long> accumulators = of(VarLongCoder.of());
    List<BoundedWindow> windows = List.of(window(0, 10), window(0, 20));
    Random random = new Random(1);
    for (long key = 0; key < 500; key++) {
      int hash = random.nextInt();
      for (AccumulatorTable<Long, Long> table : accumulators.tables(windows)) {
        table.find(key, hash);
        table.add(key, hash, key * 2);
      }
    }
    accumulators.first().release();
    List<StateEntry> entries = new ArrayList<>();
    accumulators.forEachEntry(new StateEntry.Column("t", "s"), entries::add);
    assertThat(entries).hasSize(999);
    assertThat(accumulators.entryCount()).isEqualTo(999);
    assertThat(entries).extracting(StateEntry::keyGroup).isSorted();
    assertThat(entries)
        .allSatisfy(
            entry -> assertThat(entry.value().value()).isEqualTo((Long) entry.key().value() * 2));
  }

  @Test
  void findsATableByItsWindowWhateverCollectionItComesIn() {
    WindowedAccumulators<String, Long> accumulators = of(StringUtf8Coder.of());
    for (int i = 0; i < 20; i++) {
      Collection<IntervalWindow> windows = new ArrayList<>(List.of(window(0, 10)));
      addOne(accumulators.tables(windows)[0], "a", 5);
    }
    assertThat(accumulators.first().accumulator(0)).isEqualTo(20L);
    assertThat(accumulators.first().windows()).isEqualTo(List.of(window(0, 10)));
    assertThat(accumulators.firstEndMs()).isEqualTo(9);
  }

  @Test
  void keepsTimestampsWhereAskedTo() {
    WindowedAccumulators<String, Long> accumulators =
        new WindowedAccumulators<>(
            StringUtf8Coder.of(), VarLongCoder.of(), IntervalWindow.getCoder(), true);
    AccumulatorTable<String, Long> table = accumulators.tables(List.of(window(0, 10)))[0];
    for (int i = 0; i < 100; i++) {
      table.find("key" + i, i);
      table.timestampMs(table.add("key" + i, i, 0L), i * 3L);
    }
    for (int i = 0; i < 100; i++) {
      assertThat(table.timestampMs(table.find("key" + i, i))).isEqualTo(i * 3L);
    }
  }

  @Test
  void refusesToCloseATableThatIsNotOpen() {
    WindowedAccumulators<String, Long> accumulators = of(StringUtf8Coder.of());
    AccumulatorTable<String, Long> table = accumulators.tables(List.of(window(0, 10)))[0];
    assertThat(accumulators.firstEndMs()).isEqualTo(Long.MAX_VALUE);
    assertThatThrownBy(() -> accumulators.close(table)).isInstanceOf(IllegalStateException.class);
  }
}
