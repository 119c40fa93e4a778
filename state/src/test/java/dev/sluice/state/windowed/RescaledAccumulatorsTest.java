package dev.sluice.state.windowed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.RescaledTasks;
import dev.sluice.state.TaskState;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Accumulators of windows, most of which are in the store, move to more tasks and to fewer, some of
 * them in the middle of a firing: held equal to plain maps, which know nothing of tasks.
 */
class RescaledAccumulatorsTest {
  private static final int[] PARALLELISMS = {1, 2, 1, 3, 2, 7, 1};
  private static final int KEYS = 3_000;
  private static final int STEPS = 12_000;
  private static final int SETTLED_EACH = 100;
  private static final long BUDGET_BYTES = 200_000;
  private static final String TRANSFORM = "Combine";

  private final KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
  private final RescaledTasks<Accumulators> tasks =
      new RescaledTasks<>(
          new StateMemory(BUDGET_BYTES, HeapGauge.NONE), PartLimits.DEFAULT, Accumulators::new);
  private final Expected sums = new Expected();
  private final Expected lists = new Expected();

  /** By window and key, what was added and has not fired. */
  private static final class Expected {
    final Map<IntervalWindow, Map<String, List<Long>>> windows = new LinkedHashMap<>();
    int spilledTables;

    void add(IntervalWindow window, String key, long value) {
      windows
          .computeIfAbsent(window, w -> new LinkedHashMap<>())
          .computeIfAbsent(key, k -> new ArrayList<>())
          .add(value);
    }
  }

  /** Sums and lists of the same values. */
  private static final class Accumulators {
    final WindowedAccumulators<String, Long> sums =
        new WindowedAccumulators<String, Long>(
                StringUtf8Coder.of(), VarLongCoder.of(), IntervalWindow.getCoder(), false)
            .mergedBy(Long::sum);
    final ValueLists<Long> maker;
    final WindowedAccumulators<String, ValueList<Long>> lists;

    Accumulators(TaskState state) {
      maker = new ValueLists<>(state.pages(TRANSFORM, "lists", VarLongCoder.of()));
      lists =
          new WindowedAccumulators<>(
              StringUtf8Coder.of(), maker.coder(), IntervalWindow.getCoder(), false);
      state.register(TRANSFORM, "sums", sums);
      state.register(TRANSFORM, "lists", lists);
    }

    void add(IntervalWindow window, String key, int hash, long value) {
      AccumulatorTable<String, Long> summed = sums.tables(List.of(window))[0];
      int sum = summed.find(key, hash);
      if (sum < 0) {
        summed.add(key, hash, value);
      } else {
        summed.accumulator(sum, summed.accumulator(sum) + value);
      }
      AccumulatorTable<String, ValueList<Long>> listed = lists.tables(List.of(window))[0];
      int list = listed.find(key, hash);
      if (list < 0) {
        ValueList<Long> made = maker.newList();
        made.append(value);
        listed.add(key, hash, made);
      } else {
        listed.accumulator(list).append(value);
      }
    }

    void settle() {
      sums.settle();
      lists.settle();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void areWhereTheirKeyIs(long seed) throws IOException {
    Random random = new Random(seed);
    for (int phase = 0; phase < PARALLELISMS.length; phase++) {
      tasks.restart(PARALLELISMS[phase]);
      if (phase > 0) {
        fire(window(phase - 1), Integer.MAX_VALUE);
        assertThat(sums.windows).doesNotContainKey(window(phase - 1));
        assertThat(lists.windows).doesNotContainKey(window(phase - 1));
      }
      addSome(phase, random);
      // The rest of it fires in other tasks.
      fire(window(phase), random.nextInt(KEYS / PARALLELISMS[phase]));
    }
    for (int left = PARALLELISMS.length - 1; !sums.windows.isEmpty(); left++) {
      fire(window(left), Integer.MAX_VALUE);
    }
    assertThat(lists.windows).isEmpty();
    assertThat(sums.spilledTables).isPositive();
    assertThat(lists.spilledTables).isPositive();
    tasks.restart(2);
    assertThat(tasks.entryCount()).isZero();
  }

  private static IntervalWindow window(long index) {
    return new IntervalWindow(
        Instant.ofEpochMilli(index * 10), Instant.ofEpochMilli(index * 10 + 10));
  }

  private void addSome(int phase, Random random) {
    for (int step = 0; step < STEPS; step++) {
      if (step % SETTLED_EACH == 0) {
        tasks.all().forEach(Accumulators::settle);
      }
      if (random.nextInt(STEPS) < 3) {
        tasks.save();
      }
      IntervalWindow window = window(phase + random.nextInt(3));
      String key = "key-" + (random.nextBoolean() ? random.nextInt(KEYS) : random.nextInt(9));
      long value = random.nextInt(1_000);
      int hash = hasher.hash(key);
      tasks.ownerOf(hash).add(window, key, hash, value);
      sums.add(window, key, value);
      lists.add(window, key, value);
    }
  }

  /** Fires a window, which is the first one, up to so many entries of each task. */
  private void fire(IntervalWindow window, int most) {
    for (Accumulators task : tasks.all()) {
      fire(task.sums, sums, window, most);
      fire(task.lists, lists, window, most);
    }
  }

  private <A> void fire(
      WindowedAccumulators<String, A> accumulators,
      Expected expected,
      IntervalWindow window,
      int most) {
    AccumulatorTable<String, A> table = accumulators.first();
    if (table == null || !table.window().equals(window)) {
      return;
    }
    expected.spilledTables += table.spilled() ? 1 : 0;
    Map<String, List<Long>> left = expected.windows.get(window);
    for (int done = 0; done < most; ) {
      int moved = accumulators.prepare(table, 1_000);
      if (moved > 0) {
        continue;
      }
      if (table.first() == table.end()) {
        accumulators.close(table);
        break;
      }
      String key = table.key(table.first());
      List<Long> values = left.remove(key);
      assertThat(values).as("%s of %s", key, window).isNotNull();
      Object actual = table.handOut();
      if (actual instanceof ValueList<?> list) {
        List<Object> content = new ArrayList<>();
        list.drain().forEach(content::add);
        assertThat(content).as("%s of %s", key, window).isEqualTo(values);
      } else {
        assertThat(actual)
            .as("%s of %s", key, window)
            .isEqualTo(values.stream().mapToLong(Long::longValue).sum());
      }
      table.release();
      done++;
    }
    if (left.isEmpty()) {
      expected.windows.remove(window);
    }
  }
}
