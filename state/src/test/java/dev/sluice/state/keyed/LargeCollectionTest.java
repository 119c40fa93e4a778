package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.StateFixture;
import dev.sluice.state.StateSpace;
import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.log.SegmentSummary;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.page.SpillArea;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.RocksDbStores;
import dev.sluice.state.store.StateMemory;
import dev.sluice.state.store.StateStore;
import dev.sluice.state.store.TaskQuota;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Collections of one key that are never logged, nor loaded, whole. */
class LargeCollectionTest {
  private static final int MANY = 100_000;
  private static final StateTag<MapState<String, Integer>> MAP =
      StateTags.map("map", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<SetState<String>> SET = StateTags.set("set", StringUtf8Coder.of());
  private static final StateTag<MultimapState<String, Integer>> MULTIMAP =
      StateTags.multimap("multimap", StringUtf8Coder.of(), VarIntCoder.of());
  private static final StateTag<OrderedListState<Integer>> LIST =
      StateTags.orderedList("list", VarIntCoder.of());
  private static final StateTag<BagState<Integer>> BAG = StateTags.bag("bag", VarIntCoder.of());

  @TempDir Path temp;

  private static <T extends State> T state(StateFixture fixture, StateTag<T> tag) {
    fixture.select("key");
    return fixture.state.stateInternals().state(StateNamespaces.global(), tag);
  }

  private static void add(StateFixture fixture, StateTag<?> tag, int i) {
    if (tag == MAP) {
      state(fixture, MAP).put("element-" + i, i);
    } else if (tag == SET) {
      state(fixture, SET).add("element-" + i);
    } else if (tag == MULTIMAP) {
      state(fixture, MULTIMAP).put("element-" + i % 1_000, i);
    } else if (tag == LIST) {
      state(fixture, LIST).add(TimestampedValue.of(i, Instant.ofEpochMilli(i)));
    } else {
      state(fixture, BAG).add(i);
    }
  }

  @TestFactory
  Stream<DynamicTest> oneElementMoreIsAllThatIsLogged() {
    return Stream.of(MAP, SET, MULTIMAP, LIST, BAG)
        .map(tag -> DynamicTest.dynamicTest(tag.getId(), () -> logsOneElement(tag)));
  }

  private static void logsOneElement(StateTag<?> tag) throws IOException {
    FolderFiles files = new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "t");
    TaskLog log = newLog(files);
    StateFixture fixture = new StateFixture(log);
    for (int i = 0; i < MANY; i++) {
      add(fixture, tag, i);
    }
    List<SegmentRef> first = checkpoint(fixture, log, 1);
    assertThat(first).hasSize(1);
    assertThat(entriesOf(tag, files, first)).isEqualTo(MANY);
    add(fixture, tag, MANY);
    List<SegmentRef> second = checkpoint(fixture, log, 2);
    assertThat(second).hasSize(2);
    assertThat(second.get(1).bytes()).isLessThan(1_000);
    assertThat(entriesOf(tag, files, second)).isEqualTo(MANY + 1);
  }

  private static TaskLog newLog(FolderFiles files) {
    LogLanes lanes = new LogLanes(Runnable::run, Runnable::run, Runnable::run);
    return new TaskLog(
        new LogPlace(files, "a/", new MemoryDisk(1 << 20), lanes),
        new LogOrigin.Nothing(),
        SegmentFilter.ALL,
        new StateNames(),
        LogLimits.DEFAULT);
  }

  private static long entriesOf(StateTag<?> tag, FolderFiles files, List<SegmentRef> segments)
      throws IOException {
    SegmentSummary summary = new SegmentSummary("none");
    summary.add(files, segments);
    return summary.rows().stream()
        .filter(row -> row.state().equals("user/" + tag.getId()))
        .mapToLong(SegmentSummary.Row::entries)
        .sum();
  }

  private static List<SegmentRef> checkpoint(StateFixture fixture, TaskLog log, long number) {
    fixture.task.barrier();
    log.closeEpoch();
    while (!fixture.task.logSome(-1, () -> 0)) {
      assertThat(log.congested()).isFalse();
    }
    List<SegmentRef> segments = new ArrayList<>();
    log.seal(number, outcome -> segments.addAll(((Sealed.Safe) outcome).snapshot().segments()));
    log.completed(number);
    return segments;
  }

  /** Few elements, each of which is large. */
  @Test
  void oneElementOfALongMapIsAllThatIsLogged() {
    FolderFiles files = new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "t");
    TaskLog log = newLog(files);
    StateFixture fixture = new StateFixture(log);
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      byte[] name = new byte[2_000];
      random.nextBytes(name);
      state(fixture, MAP).put(Base64.getEncoder().encodeToString(name), i);
    }
    assertThat(bytesOf(checkpoint(fixture, log, 1))).isGreaterThan(20 * 2_000);
    state(fixture, MAP).put("one more", 1);
    assertThat(bytesOf(checkpoint(fixture, log, 2))).as("all, part by part").isGreaterThan(40_000);
    state(fixture, MAP).put("another one", 2);
    assertThat(bytesOf(checkpoint(fixture, log, 3))).isLessThan(1_000);
  }

  private static long bytesOf(List<SegmentRef> segments) {
    return segments.get(segments.size() - 1).bytes();
  }

  @Test
  void aMapThatHasShrunkIsAPartOfItsRecordAgain() throws IOException {
    FolderFiles files = new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "t");
    TaskLog log = newLog(files);
    StateFixture fixture = new StateFixture(log);
    for (int i = 0; i < 1_000; i++) {
      add(fixture, MAP, i);
    }
    assertThat(recordsOf(files, checkpoint(fixture, log, 1))).isEqualTo(1_001);
    for (int i = 0; i < 990; i++) {
      state(fixture, MAP).remove("element-" + i);
    }
    assertThat(recordsOf(files, checkpoint(fixture, log, 2))).isEqualTo(1);
    assertThat(state(fixture, MAP).keys().read()).hasSize(10);
  }

  private static int recordsOf(FolderFiles files, List<SegmentRef> segments) throws IOException {
    int records = 0;
    try (EntryCursor saved =
        SegmentMerge.entries(files, segments, SegmentFilter.ALL, new MemoryDisk(1 << 20))) {
      while (saved.next()) {
        records++;
      }
    }
    return records;
  }

  @Test
  void aMapOfManyTimesItsBudgetInRocksDb() {
    onRocksDb(
        state -> {
          MapState<String, Integer> map =
              state.stateInternals().state(StateNamespaces.global(), MAP);
          for (int i = 0; i < MANY; i++) {
            map.put("element-" + i, i);
          }
          for (int i = 0; i < MANY; i += 7) {
            assertThat(map.get("element-" + i).read()).isEqualTo(i);
            map.remove("element-" + i);
          }
          assertThat(map.get("element-7").read()).isNull();
          Set<Integer> left = new HashSet<>();
          for (Map.Entry<String, Integer> entry : map.entries().read()) {
            assertThat(entry.getKey()).isEqualTo("element-" + entry.getValue());
            left.add(entry.getValue());
          }
          assertThat(left).hasSize(MANY - (MANY + 6) / 7).noneMatch(i -> i % 7 == 0);
          map.clear();
          assertThat(map.isEmpty().read()).isTrue();
          assertThat(map.keys().read()).isEmpty();
        });
  }

  @Test
  void whatWasReadIsOfItsMomentUntilTheKeyIsLeft() {
    onRocksDb(
        state -> {
          MapState<String, Integer> map =
              state.stateInternals().state(StateNamespaces.global(), MAP);
          for (int i = 0; i < MANY; i++) {
            map.put("element-" + i, i);
          }
          Iterable<Integer> before = map.values().read();
          for (Map.Entry<String, Integer> entry : map.entries().read()) {
            map.put(entry.getKey() + "+", -1);
            map.remove(entry.getKey());
          }
          Iterable<Integer> between = map.values().read();
          map.clear();
          assertThat(before).hasSize(MANY).doesNotContain(-1);
          assertThat(before).as("once more").hasSize(MANY).doesNotContain(-1);
          assertThat(between).hasSize(MANY).containsOnly(-1);
          assertThat(map.values().read()).isEmpty();
          Iterator<Integer> begun = before.iterator();
          begun.next();
          state.select("other", KeyHasher.of(StringUtf8Coder.of()).hash("other"));
          assertThatThrownBy(() -> before.iterator().hasNext())
              .isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(() -> begun.forEachRemaining(i -> {}))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("large collection of transform Large")
              .hasMessageContaining("copy what is needed");
        });
  }

  @Test
  void anOrderedListOfManyTimesItsBudgetInRocksDb() {
    onRocksDb(
        state -> {
          OrderedListState<Integer> list =
              state.stateInternals().state(StateNamespaces.global(), LIST);
          for (int i = MANY - 1; i >= 0; i--) {
            list.add(TimestampedValue.of(i, Instant.ofEpochMilli(i - 1_000)));
          }
          list.clearRange(Instant.ofEpochMilli(-500), Instant.ofEpochMilli(500));
          Iterator<TimestampedValue<Integer>> all = list.read().iterator();
          for (int i = 0; i < MANY; i = i == 499 ? 1_500 : i + 1) {
            assertThat(all.next().getValue()).isEqualTo(i);
          }
          assertThat(all.hasNext()).isFalse();
          assertThat(list.readRange(Instant.ofEpochMilli(498), Instant.ofEpochMilli(502)))
              .extracting(TimestampedValue::getValue)
              .containsExactly(1_500, 1_501);
        });
  }

  @Test
  void aBagThatWentToRocksDbAndCameBack() {
    onRocksDb(
        state -> {
          BagState<Integer> bag = state.stateInternals().state(StateNamespaces.global(), BAG);
          for (int i = 0; i < MANY; i++) {
            bag.add(i);
          }
          Iterable<Integer> read = leaveAndComeBack(state).read();
          leaveAndComeBack(state).add(MANY);
          BagState<Integer> back = leaveAndComeBack(state);
          assertThat(back.read()).hasSize(MANY + 1);
          back.clear();
          assertThat(read).as("what was read before").hasSize(MANY);
          assertThat(leaveAndComeBack(state).read()).isEmpty();
        });
  }

  private static BagState<Integer> leaveAndComeBack(KeyedState<String> state) {
    KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
    state.select("other", hasher.hash("other"));
    state.stateInternals().state(StateNamespaces.global(), BAG).add(1);
    state.select("key", hasher.hash("key"));
    return state.stateInternals().state(StateNamespaces.global(), BAG);
  }

  /** Does something to the state of a key that has next to no heap. */
  private void onRocksDb(Consumer<KeyedState<String>> test) {
    StateMemory memory = new StateMemory(1, HeapGauge.NONE);
    try (StateStore.Factory stores = new RocksDbStores(temp.resolve("stores"), 16 << 20);
        SpillArea area = new SpillArea(new MemoryDisk(1L << 30), 1L << 30);
        TaskQuota quota = memory.open("test");
        TaskState task =
            StateFixture.task(
                new StateSpace(area, quota, stores.open("task")),
                new PartLimits(256, 1 << 14, 1 << 20))) {
      KeyedState<String> state =
          task.keyed(
              "Large",
              StringUtf8Coder.of(),
              GlobalWindow.Coder.INSTANCE,
              new StateFixture.SetTimes());
      state.select("key", KeyHasher.of(StringUtf8Coder.of()).hash("key"));
      test.accept(state);
      state.select("key", KeyHasher.of(StringUtf8Coder.of()).hash("key"));
      state.clearAll();
      state.select("other", KeyHasher.of(StringUtf8Coder.of()).hash("other"));
      state.clearAll();
      assertThat(task.entryCount()).isZero();
    }
  }
}
