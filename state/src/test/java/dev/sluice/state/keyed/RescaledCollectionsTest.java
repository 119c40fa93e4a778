package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.RescaledTasks;
import dev.sluice.state.StateFixture;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Collections that are saved in parts move to more tasks and to fewer, while they grow, shrink and
 * are cleared: held equal to plain ones, which know nothing of tasks.
 */
class RescaledCollectionsTest {
  private static final int[] PARALLELISMS = {1, 2, 1, 3, 2, 7, 1};
  private static final int KEYS = 12;
  private static final int STEPS = 6_000;
  private static final int NAMES = 400;
  private static final long BUDGET_BYTES = 20_000;
  private static final PartLimits LIMITS = new PartLimits(16, 1 << 10, 1 << 12);

  private static final StateTag<MapState<String, Integer>> MAP =
      StateTags.map("map", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<SetState<String>> SET = StateTags.set("set", StringUtf8Coder.of());
  private static final StateTag<MultimapState<String, Integer>> MULTIMAP =
      StateTags.multimap("multimap", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<OrderedListState<Integer>> LIST =
      StateTags.orderedList("list", VarIntCoder.of());
  private static final StateTag<BagState<Integer>> BAG = StateTags.bag("bag", VarIntCoder.of());

  private final KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
  private final RescaledTasks<KeyedState<String>> tasks =
      new RescaledTasks<>(
          new StateMemory(BUDGET_BYTES, HeapGauge.NONE),
          LIMITS,
          state ->
              state.keyed(
                  "Large",
                  StringUtf8Coder.of(),
                  GlobalWindow.Coder.INSTANCE,
                  new StateFixture.SetTimes()));
  private final Map<String, Expected> model = new LinkedHashMap<>();

  /** What a key has. */
  private static final class Expected {
    final TreeMap<String, Integer> map = new TreeMap<>();
    final TreeMap<String, Boolean> set = new TreeMap<>();
    final TreeMap<String, List<Integer>> multimap = new TreeMap<>();
    final TreeMap<Long, List<Integer>> list = new TreeMap<>();
    final List<Integer> bag = new ArrayList<>();
  }

  private <T extends State> T state(String key, StateTag<T> tag) {
    int hash = hasher.hash(key);
    KeyedState<String> owner = tasks.ownerOf(hash);
    owner.select(key, hash);
    return owner.stateInternals().state(StateNamespaces.global(), tag);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void areWhereTheirKeyIs(long seed) throws IOException {
    Random random = new Random(seed);
    for (int key = 0; key < KEYS; key++) {
      model.put("key-" + key, new Expected());
    }
    for (int parallelism : PARALLELISMS) {
      tasks.restart(parallelism);
      model.forEach(this::check);
      for (int step = 0; step < STEPS; step++) {
        if (random.nextInt(STEPS) < 3) {
          tasks.save();
        }
        String key = "key-" + random.nextInt(KEYS);
        change(key, model.get(key), random);
      }
    }
    model.forEach(this::check);
    assertThat(tasks.restoredParts()).isGreaterThan(1_000L * PARALLELISMS.length);
    for (String key : model.keySet()) {
      state(key, MAP).clear();
      state(key, SET).clear();
      state(key, MULTIMAP).clear();
      state(key, LIST).clear();
      state(key, BAG).clear();
    }
    tasks.restart(3);
    assertThat(tasks.entryCount()).isZero();
  }

  private void change(String key, Expected expected, Random random) {
    String name = "element-" + random.nextInt(NAMES);
    int value = random.nextInt(1_000);
    if (random.nextInt(300) == 0) {
      clearOne(key, expected, random.nextInt(5));
    } else if (random.nextInt(4) == 0) {
      remove(key, expected, name, value, random.nextInt(4));
    } else {
      add(key, expected, name, value, random.nextInt(5));
    }
  }

  private void add(String key, Expected expected, String name, int value, int kind) {
    switch (kind) {
      case 0 -> {
        state(key, MAP).put(name, value);
        expected.map.put(name, value);
      }
      case 1 -> {
        state(key, SET).add(name);
        expected.set.put(name, true);
      }
      case 2 -> {
        state(key, MULTIMAP).put(name, value);
        expected.multimap.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
      }
      case 3 -> {
        state(key, LIST).add(TimestampedValue.of(value, Instant.ofEpochMilli(value)));
        expected.list.computeIfAbsent((long) value, t -> new ArrayList<>()).add(value);
      }
      default -> {
        state(key, BAG).add(value);
        expected.bag.add(value);
      }
    }
  }

  private void remove(String key, Expected expected, String name, int value, int kind) {
    switch (kind) {
      case 0 -> {
        state(key, MAP).remove(name);
        expected.map.remove(name);
      }
      case 1 -> {
        state(key, SET).remove(name);
        expected.set.remove(name);
      }
      case 2 -> {
        state(key, MULTIMAP).remove(name);
        expected.multimap.remove(name);
      }
      default -> {
        state(key, LIST).clearRange(Instant.ofEpochMilli(value), Instant.ofEpochMilli(value + 10L));
        expected.list.subMap((long) value, value + 10L).clear();
      }
    }
  }

  private void clearOne(String key, Expected expected, int kind) {
    switch (kind) {
      case 0 -> {
        state(key, MAP).clear();
        expected.map.clear();
      }
      case 1 -> {
        state(key, SET).clear();
        expected.set.clear();
      }
      case 2 -> {
        state(key, MULTIMAP).clear();
        expected.multimap.clear();
      }
      case 3 -> {
        state(key, LIST).clear();
        expected.list.clear();
      }
      default -> {
        state(key, BAG).clear();
        expected.bag.clear();
      }
    }
  }

  private void check(String key, Expected expected) {
    Map<String, Integer> map = new TreeMap<>();
    state(key, MAP).entries().read().forEach(e -> map.put(e.getKey(), e.getValue()));
    assertThat(map).as("map of %s", key).isEqualTo(expected.map);
    assertThat(state(key, SET).read())
        .as("set of %s", key)
        .containsExactlyInAnyOrderElementsOf(expected.set.keySet());
    Map<String, List<Integer>> multimap = new TreeMap<>();
    state(key, MULTIMAP)
        .entries()
        .read()
        .forEach(
            e -> multimap.computeIfAbsent(e.getKey(), k -> new ArrayList<>()).add(e.getValue()));
    assertThat(multimap).as("multimap of %s", key).isEqualTo(expected.multimap);
    assertThat(state(key, LIST).read())
        .as("list of %s", key)
        .extracting(TimestampedValue::getValue)
        .containsExactlyElementsOf(expected.list.values().stream().flatMap(List::stream).toList());
    assertThat(state(key, BAG).read()).as("bag of %s", key).containsExactlyElementsOf(expected.bag);
  }
}
