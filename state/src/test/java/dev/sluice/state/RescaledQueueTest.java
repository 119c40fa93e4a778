package dev.sluice.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Elements that wait in the tasks of a stage move with their keys, and stay in their order. */
class RescaledQueueTest {
  private static final int[] PARALLELISMS = {2, 3, 1, 2, 5, 1};
  private static final int KEYS = 200;
  private static final int STEPS = 8_000;
  private static final long PUTTER = 1L << 32;

  private final KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
  private final RescaledTasks<TaskQueue<KV<String, Long>>> tasks =
      new RescaledTasks<>(
          new StateMemory(1 << 20, HeapGauge.NONE),
          PartLimits.DEFAULT,
          state ->
              state.queue(
                  "ParDo",
                  "waiting",
                  KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()),
                  element -> groupOf(element.getKey())));

  /** By key, the numbers of the elements that wait: the task that put one in, and when. */
  private final Map<String, ArrayDeque<Long>> model = new LinkedHashMap<>();

  private int groupOf(String key) {
    return KeyGroups.groupOf(hasher.hash(key));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void givesBackTheOrderOfEachKeyAndOfEachTaskThatPutThemIn(long seed) throws IOException {
    Random random = new Random(seed);
    long number = 0;
    for (int phase = 0; phase < PARALLELISMS.length; phase++) {
      int parallelism = PARALLELISMS[phase];
      tasks.restart(parallelism);
      assertThat(tasks.all().stream().mapToLong(TaskQueue::size).sum())
          .isEqualTo(model.values().stream().mapToInt(ArrayDeque::size).sum());
      Map<Long, Long> lastOf = new HashMap<>();
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(STEPS) < 3) {
          tasks.save();
        }
        if (random.nextInt(5) < 3) {
          String key = "key-" + random.nextInt(KEYS);
          long putter = phase * 16L + KeyGroups.ownerOf(groupOf(key), parallelism);
          long element = putter * PUTTER + number++;
          tasks.ownerOf(hasher.hash(key)).append(KV.of(key, element));
          model.computeIfAbsent(key, k -> new ArrayDeque<>()).add(element);
        } else {
          takeOne(random.nextInt(parallelism), lastOf);
        }
      }
    }
    for (TaskQueue<KV<String, Long>> queue : tasks.all()) {
      Map<Long, Long> lastOf = new HashMap<>();
      while (!queue.isEmpty()) {
        takeOne(0, lastOf);
      }
    }
    assertThat(model.values()).allMatch(ArrayDeque::isEmpty);
    tasks.restart(2);
    assertThat(tasks.all()).allMatch(TaskQueue::isEmpty);
  }

  /**
   * @param lastOf by the task that takes and the one that put in, what was taken last
   */
  private void takeOne(int taker, Map<Long, Long> lastOf) {
    List<TaskQueue<KV<String, Long>>> queues = tasks.all();
    if (queues.get(taker).isEmpty()) {
      return;
    }
    KV<String, Long> taken = queues.get(taker).take();
    assertThat(KeyGroups.ownerOf(groupOf(taken.getKey()), queues.size())).isEqualTo(taker);
    assertThat(taken.getValue()).isEqualTo(model.get(taken.getKey()).remove());
    long way = taken.getValue() / PUTTER * 16 + taker;
    Long before = lastOf.put(way, taken.getValue());
    assertThat(taken.getValue()).isGreaterThan(before == null ? -1 : before);
  }
}
