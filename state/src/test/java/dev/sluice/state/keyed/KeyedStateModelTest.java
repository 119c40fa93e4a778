package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.LoggedTask;
import dev.sluice.state.StateFixture;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.RocksDbStores;
import dev.sluice.state.store.StateMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.apache.beam.runners.core.InMemoryStateInternals;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.MultimapState;
import org.apache.beam.sdk.state.OrderedListState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does the same random things to our state and to Beam's in-memory state, for many keys and
 * windows, and compares what each read gives; then clears all, and looks for what is left.
 */
class KeyedStateModelTest {
  private static final int STEPS = 10_000;
  private static final int KEYS = 60;
  private static final int WINDOWS = 12;

  private static final StateTag<ValueState<Long>> VALUE = StateTags.value("v", VarLongCoder.of());
  private static final StateTag<BagState<String>> BAG = StateTags.bag("b", StringUtf8Coder.of());
  private static final StateTag<SetState<String>> SET = StateTags.set("s", StringUtf8Coder.of());
  private static final StateTag<MapState<String, Integer>> MAP =
      StateTags.map("m", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<MultimapState<String, Integer>> MULTIMAP =
      StateTags.multimap("mm", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<OrderedListState<String>> LIST =
      StateTags.orderedList("l", StringUtf8Coder.of());
  private static final StateTag<CombiningState<Integer, int[], Integer>> SUM =
      StateTags.combiningValueFromInputInternal("c", VarIntCoder.of(), Sum.ofIntegers());
  private static final StateTag<WatermarkHoldState> HOLD =
      StateTags.watermarkStateInternal("h", TimestampCombiner.EARLIEST);
  private static final List<StateTag<?>> ALL =
      List.of(VALUE, BAG, SET, MAP, MULTIMAP, LIST, SUM, HOLD);

  private StateFixture fixture = new StateFixture();
  private final Map<String, InMemoryStateInternals<String>> models = new HashMap<>();
  private Random random = new Random();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void equalsBeamsStateInMemory(long seed) {
    random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      stepOn(StateFixture.keyOfAnyLength(random.nextInt(KEYS)));
    }
    checkHolds();
    clearAll();
  }

  /**
   * The same with barriers at random moments, whose epochs are logged a little at a time, and with
   * restarts from what was logged.
   */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14, 15, 16})
  void equalsBeamsStateInMemoryThroughBarriersAndRestarts(long seed) {
    throughBarriersAndRestarts(seed, new LoggedTask(null));
  }

  /**
   * The same with collections that are many entries from their second, or first, element on, and in
   * the store as soon as they take a few bytes, or with their keys.
   */
  @ParameterizedTest
  @CsvSource({
    "41, 0, 1000, 0",
    "42, 0, 0, 1",
    "43, 1, 1000, 8000",
    "44, 1, 200, 8000",
    "45, 2, 200, 20000",
    "46, 2, 1000, 1",
    "47, 1, 200, 0",
    "48, 0, 1000, 20000"
  })
  void equalsBeamsStateInMemoryWhereCollectionsAreLarge(
      long seed, int elements, int heapBytes, long budgetBytes) {
    StateMemory memory = budgetBytes == 0 ? null : new StateMemory(budgetBytes, HeapGauge.NONE);
    PartLimits limits = new PartLimits(elements, 1 << 14, heapBytes);
    throughBarriersAndRestarts(seed, new LoggedTask(memory, limits));
  }

  /** The same on RocksDB. */
  @ParameterizedTest
  @CsvSource({"51, 1, 200, 8000", "52, 2, 1000, 1"})
  void equalsBeamsStateInMemoryWhereCollectionsAreLargeAndInRocksDb(
      long seed, int elements, int heapBytes, long budgetBytes, @TempDir Path folder) {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("stores"), 16 << 20)) {
      StateMemory memory = new StateMemory(budgetBytes, HeapGauge.NONE);
      PartLimits limits = new PartLimits(elements, 1 << 14, heapBytes);
      AtomicInteger starts = new AtomicInteger();
      throughBarriersAndRestarts(
          seed,
          new LoggedTask(memory, limits)
              .storesOf(() -> stores.open("start-" + starts.incrementAndGet())));
    }
  }

  /** The same with room for no key, or for a few, on the heap: the others are in the store. */
  @ParameterizedTest
  @CsvSource({"21, 1", "22, 1", "23, 8000", "24, 8000", "25, 20000", "26, 20000"})
  void equalsBeamsStateInMemoryThroughBarriersRestartsAndEvictions(long seed, long budgetBytes) {
    throughBarriersAndRestarts(seed, new LoggedTask(new StateMemory(budgetBytes, HeapGauge.NONE)));
  }

  /** Without a log, with room for no key on the heap. */
  @ParameterizedTest
  @CsvSource({"31, 1", "32, 8000", "33, 20000"})
  void equalsBeamsStateInMemoryThroughEvictions(long seed, long budgetBytes) {
    fixture = new StateFixture(null, new StateMemory(budgetBytes, HeapGauge.NONE));
    equalsBeamsStateInMemory(seed);
  }

  private void throughBarriersAndRestarts(long seed, LoggedTask logged) {
    fixture = logged.start();
    random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      int what = random.nextInt(100);
      if (what < 3) {
        logged.barrier();
      } else if (what < 40) {
        logged.logSome();
      } else if (what == 99 && random.nextInt(3) == 0) {
        fixture = logged.restart();
      }
      stepOn(StateFixture.keyOfAnyLength(random.nextInt(KEYS)));
    }
    fixture = logged.restart();
    checkHolds();
    clearAll();
    fixture = logged.restart();
    assertThat(fixture.task.entryCount()).isZero();
  }

  /** The same with next to no heap for pages: bags live in files. */
  @ParameterizedTest
  @ValueSource(longs = {4, 5})
  void equalsBeamsStateInMemoryWhenBagsAreSpilled(long seed) {
    fixture = new StateFixture(0);
    fixture.select("hog");
    BagState<String> hog = fixture.state.stateInternals().state(window(0), BAG);
    random = new Random(seed);
    for (int step = 0; step < STEPS / 4; step++) {
      fixture.select("hog");
      hog.add("x".repeat(2000));
      stepOn(StateFixture.keyOfAnyLength(random.nextInt(KEYS)));
    }
    assertThat(fixture.disk.usedBytes()).isPositive();
    assertThat(hog.read()).hasSize(STEPS / 4);
    fixture.select("hog");
    hog.clear();
    clearAll();
  }

  private static StateNamespace window(int number) {
    IntervalWindow window =
        new IntervalWindow(Instant.ofEpochMilli(number), Instant.ofEpochMilli(number + 5L));
    return number % 3 == 0
        ? StateNamespaces.windowAndTrigger(IntervalWindow.getCoder(), window, number % 5)
        : StateNamespaces.window(IntervalWindow.getCoder(), window);
  }

  private void stepOn(String key) {
    if (random.nextInt(50) == 0) {
      for (int i = random.nextInt(20); i > 0; i--) {
        fixture.expect(StateFixture.keyOfAnyLength(random.nextInt(KEYS)));
      }
      fixture.state.fetch();
    }
    fixture.select(key);
    StateInternals ours = fixture.state.stateInternals();
    StateInternals model = models.computeIfAbsent(key, InMemoryStateInternals::forKey);
    for (int i = random.nextInt(6); i >= 0; i--) {
      StateNamespace namespace =
          random.nextInt(20) == 0 ? StateNamespaces.global() : window(random.nextInt(WINDOWS));
      StateTag<?> tag = ALL.get(random.nextInt(ALL.size()));
      int what = random.nextInt(8);
      int argument = random.nextInt(6);
      Object expected = act(model, namespace, tag, what, argument);
      Object actual = act(ours, namespace, tag, what, argument);
      if (!actual.equals(expected)) {
        assertThat(actual).as("%s of %s in %s", tag.getId(), key, namespace).isEqualTo(expected);
      }
    }
  }

  private static Object act(
      StateInternals state, StateNamespace namespace, StateTag<?> tag, int what, int argument) {
    if (what == 0) {
      state.state(namespace, tag).clear();
      return "cleared";
    } else if (tag == VALUE) {
      return onValue(state.state(namespace, VALUE), what, argument);
    } else if (tag == BAG) {
      return onBag(state.state(namespace, BAG), what, argument);
    } else if (tag == SET) {
      return onSet(state.state(namespace, SET), what, argument);
    } else if (tag == MAP) {
      return onMap(state.state(namespace, MAP), what, argument);
    } else if (tag == MULTIMAP) {
      return onMultimap(state.state(namespace, MULTIMAP), what, argument);
    } else if (tag == LIST) {
      return onList(state.state(namespace, LIST), what, argument);
    } else if (tag == SUM) {
      return onSum(state.state(namespace, SUM), what, argument);
    }
    return onHold(state.state(namespace, HOLD), what, argument);
  }

  private static Object onValue(ValueState<Long> state, int what, int argument) {
    if (what < 4) {
      state.write((long) argument);
    }
    return String.valueOf(state.read());
  }

  private static Object onBag(BagState<String> state, int what, int argument) {
    if (what < 5) {
      state.add("e" + argument);
    }
    return state.isEmpty().read() + " " + listOf(state.read());
  }

  private static Object onSet(SetState<String> state, int what, int argument) {
    String element = "e" + argument;
    return switch (what) {
      case 1, 2 -> {
        state.add(element);
        yield "added";
      }
      case 3 -> state.addIfAbsent(element).read();
      case 4 -> state.contains(element).read();
      case 5 -> {
        state.remove(element);
        yield state.isEmpty().read();
      }
      default -> sorted(state.read());
    };
  }

  private static Object onMap(MapState<String, Integer> state, int what, int argument) {
    String key = "k" + argument;
    return switch (what) {
      case 1, 2 -> {
        state.put(key, argument * what);
        yield "put";
      }
      case 3 -> String.valueOf(state.putIfAbsent(key, 77).read());
      case 4 -> String.valueOf(state.getOrDefault(key, -1).read());
      case 5 -> {
        state.remove(key);
        yield state.isEmpty().read();
      }
      case 6 -> sorted(state.keys().read()) + " " + sorted(state.values().read());
      default -> sorted(state.entries().read());
    };
  }

  private static Object onMultimap(MultimapState<String, Integer> state, int what, int argument) {
    String key = "k" + argument;
    return switch (what) {
      case 1, 2, 3 -> {
        state.put(key, what);
        yield "put";
      }
      case 4 -> listOf(state.get(key).read());
      case 5 -> {
        state.remove(key);
        yield state.isEmpty().read();
      }
      case 6 -> sorted(state.keys().read()) + " " + state.containsKey(key).read();
      default -> sorted(state.entries().read());
    };
  }

  private static Object onList(OrderedListState<String> state, int what, int argument) {
    Instant time = Instant.ofEpochMilli(argument * 10L);
    return switch (what) {
      case 1, 2, 3 -> {
        state.add(TimestampedValue.of("e" + what, time));
        yield "added";
      }
      case 4 -> {
        state.clearRange(time, Instant.ofEpochMilli(argument * 10L + 15));
        yield state.isEmpty().read();
      }
      case 5 -> listOf(state.readRange(time, Instant.ofEpochMilli(argument * 10L + 25)));
      default -> listOf(state.read());
    };
  }

  private static Object onSum(
      CombiningState<Integer, int[], Integer> state, int what, int argument) {
    if (what < 4) {
      state.add(argument);
    } else if (what == 4) {
      state.addAccum(new int[] {argument});
    }
    return state.read() + " " + state.getAccum()[0] + " " + state.isEmpty().read();
  }

  private static Object onHold(WatermarkHoldState state, int what, int argument) {
    if (what < 4) {
      state.add(Instant.ofEpochMilli(argument));
    }
    return state.read() + " " + state.isEmpty().read();
  }

  private static List<String> listOf(Iterable<?> elements) {
    return StreamSupport.stream(elements.spliterator(), false).map(String::valueOf).toList();
  }

  private static List<String> sorted(Iterable<?> elements) {
    List<String> list = new ArrayList<>(listOf(elements));
    list.sort(Comparator.naturalOrder());
    return list;
  }

  private void checkHolds() {
    long least = Long.MAX_VALUE;
    for (InMemoryStateInternals<String> model : models.values()) {
      for (int w = 0; w < WINDOWS; w++) {
        Instant hold = model.state(window(w), HOLD).read();
        least = hold == null ? least : Math.min(least, hold.getMillis());
      }
      Instant hold = model.state(StateNamespaces.global(), HOLD).read();
      least = hold == null ? least : Math.min(least, hold.getMillis());
    }
    assertThat(fixture.state.minHoldMs()).isEqualTo(least);
  }

  private void clearAll() {
    for (String key : models.keySet()) {
      fixture.select(key);
      fixture.state.clearAll();
    }
    assertThat(fixture.state.entryCount()).isZero();
    assertThat(fixture.state.keyCount()).isZero();
    assertThat(fixture.state.minHoldMs()).isEqualTo(Long.MAX_VALUE);
    fixture.select("another");
    assertThat(fixture.state.namespaces().size()).isLessThanOrEqualTo(1);
  }
}
