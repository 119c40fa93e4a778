package dev.sluice.state.windowed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.LoggedTask;
import dev.sluice.state.StateFixture;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Accumulators, sums and lists, against plain maps: random updates, firings in slices, barriers
 * whose epochs are logged a little at a time, restarts from what was logged, and too little memory.
 */
class WindowedAccumulatorsModelTest {
  private static final int STEPS = 12_000;
  private static final int KEYS = 900;
  private static final String TRANSFORM = "Combine";

  private final KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
  private final Map<IntervalWindow, Map<String, List<Long>>> model = new LinkedHashMap<>();
  private WindowedAccumulators<String, Long> sums;
  private WindowedAccumulators<String, ValueList<Long>> lists;
  private ValueLists<Long> maker;
  private boolean listing;
  private IntervalWindow firing;
  private long spills;

  private void makeSums(StateFixture fixture) {
    sums =
        new WindowedAccumulators<String, Long>(
                StringUtf8Coder.of(), VarLongCoder.of(), IntervalWindow.getCoder(), false)
            .mergedBy(Long::sum);
    fixture.task.register(TRANSFORM, "sums", sums);
  }

  private void makeLists(StateFixture fixture) {
    maker = new ValueLists<>(fixture.task.pages(TRANSFORM, "lists", VarLongCoder.of()));
    lists =
        new WindowedAccumulators<>(
            StringUtf8Coder.of(), maker.coder(), IntervalWindow.getCoder(), false);
    fixture.task.register(TRANSFORM, "lists", lists);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 1", "4, 1", "5, 150000", "6, 150000", "7, 120000", "8, 90000"})
  void sumsEqualThoseOfAMap(long seed, long budgetBytes) {
    run(seed, task(budgetBytes).atStart(this::makeSums));
    assertThat(spills > 0).isEqualTo(budgetBytes > 0);
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 1", "4, 1", "5, 150000", "6, 150000", "7, 120000", "8, 90000"})
  void listsEqualThoseOfAMap(long seed, long budgetBytes) {
    listing = true;
    run(seed, task(budgetBytes).atStart(this::makeLists));
    assertThat(spills > 0).isEqualTo(budgetBytes > 0);
  }

  @Test
  void aValueThatIsAppendedToALongListIsLoggedAlone() {
    listing = true;
    LoggedTask logged = task(0).atStart(this::makeLists);
    logged.start();
    IntervalWindow window = new IntervalWindow(Instant.ofEpochMilli(0), Instant.ofEpochMilli(10));
    for (int i = 0; i < 100_000; i++) {
      add(window, "key", i);
    }
    assertThat(logged.lastEpochBytes()).isGreaterThan(100_000);
    add(window, "key", 7);
    assertThat(logged.lastEpochBytes()).isLessThan(1_024);
    logged.restart();
    add(window, "key", 8);
    assertThat(logged.lastEpochBytes()).isLessThan(1_024);
    logged.restart();
    firing = window;
    fireSome(2, 0, 0);
    assertThat(model).isEmpty();
  }

  private static LoggedTask task(long budgetBytes) {
    return new LoggedTask(budgetBytes == 0 ? null : new StateMemory(budgetBytes, HeapGauge.NONE))
        .mayMergeEntries();
  }

  private void run(long seed, LoggedTask logged) {
    Random random = new Random(seed);
    logged.start();
    long firstStart = 0;
    for (int step = 0; step < STEPS; step++) {
      int what = random.nextInt(1000);
      if (what < 8) {
        logged.barrier();
      } else if (what < 300) {
        logged.logSome();
      } else if (what == 300 && random.nextInt(2) == 0) {
        logged.restart();
      } else if (what < 304 && firing == null && !model.isEmpty()) {
        firing = first();
        firstStart += 10;
      } else if (what < 400) {
        settle();
      }
      if (firing != null && random.nextInt(3) == 0) {
        fireSome(1 + random.nextInt(60), seed, step);
      }
      long start = firstStart + 10L * (1 + random.nextInt(3));
      String key = "key-" + (random.nextBoolean() ? random.nextInt(KEYS) : random.nextInt(9));
      add(
          new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(start + 10)),
          key,
          random.nextInt(1000));
    }
    logged.restart();
    while (!model.isEmpty() || firing != null) {
      if (firing == null) {
        firing = first();
      }
      fireSome(1000, seed, STEPS);
    }
    StateFixture fixture = logged.restart();
    assertThat(fixture.task.entryCount()).isZero();
    assertThat(fixture.entries()).isEmpty();
  }

  private IntervalWindow first() {
    return model.keySet().stream().min((a, b) -> a.start().compareTo(b.start())).orElseThrow();
  }

  private void settle() {
    if (listing) {
      lists.settle();
    } else {
      sums.settle();
    }
  }

  private void add(IntervalWindow window, String key, long value) {
    int hash = hasher.hash(key);
    if (listing) {
      AccumulatorTable<String, ValueList<Long>> table = lists.tables(List.of(window))[0];
      int entry = table.find(key, hash);
      if (entry < 0) {
        ValueList<Long> list = maker.newList();
        list.append(value);
        table.add(key, hash, list);
      } else {
        table.accumulator(entry).append(value);
      }
    } else {
      AccumulatorTable<String, Long> table = sums.tables(List.of(window))[0];
      int entry = table.find(key, hash);
      if (entry < 0) {
        table.add(key, hash, value);
      } else {
        table.accumulator(entry, table.accumulator(entry) + value);
      }
    }
    model
        .computeIfAbsent(window, w -> new LinkedHashMap<>())
        .computeIfAbsent(key, k -> new ArrayList<>())
        .add(value);
  }

  private void fireSome(int most, long seed, int step) {
    if (listing) {
      fire(lists, most, seed, step);
    } else {
      fire(sums, most, seed, step);
    }
  }

  private <A> void fire(WindowedAccumulators<String, A> accumulators, int most, long seed, int at) {
    AccumulatorTable<String, A> table = accumulators.first();
    Map<String, List<Long>> expected = model.getOrDefault(firing, Map.of());
    assertThat(table.window()).as("seed %d, step %d", seed, at).isEqualTo(firing);
    spills += table.spilled() ? 1 : 0;
    for (int done = 0; done < most; done++) {
      int moved = accumulators.prepare(table, most);
      if (moved > 0) {
        done += moved;
        continue;
      }
      if (table.first() == table.end()) {
        assertThat(expected).as("seed %d, step %d", seed, at).isEmpty();
        model.remove(firing);
        accumulators.close(table);
        firing = null;
        return;
      }
      String key = table.key(table.first());
      Object actual = contentOf(table.handOut());
      List<Long> values = expected.remove(key);
      Object wanted = listing || values == null ? values : sum(values);
      if (!actual.equals(wanted)) {
        assertThat(actual).as("seed %d, step %d, %s", seed, at, key).isEqualTo(wanted);
      }
      table.release();
    }
  }

  private static Object contentOf(Object accumulator) {
    if (accumulator instanceof ValueList<?> list) {
      List<Object> content = new ArrayList<>();
      list.drain().forEach(content::add);
      return content;
    }
    return accumulator;
  }

  private static long sum(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).sum();
  }
}
