package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.StateFixture;
import dev.sluice.state.TaskState;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.state.WatermarkHoldState;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class KeyedStateTest {
  private static final StateTag<ValueState<Long>> COUNT =
      StateTags.value("count", VarLongCoder.of());
  private static final StateTag<BagState<String>> BAG = StateTags.bag("bag", StringUtf8Coder.of());
  private static final StateTag<WatermarkHoldState> HOLD =
      StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST);

  private final StateFixture fixture = new StateFixture();
  private final KeyedState<String> state = fixture.state;

  private static StateNamespace window(long start) {
    IntervalWindow window =
        new IntervalWindow(Instant.ofEpochMilli(start), Instant.ofEpochMilli(start + 10));
    return StateNamespaces.window(IntervalWindow.getCoder(), window);
  }

  private ValueState<Long> count(long windowStart) {
    return state.stateInternals().state(window(windowStart), COUNT);
  }

  private void setTimer(String id, long atMs, long outputMs, TimeDomain domain) {
    state
        .timerInternals()
        .setTimer(
            window(0), id, "", Instant.ofEpochMilli(atMs), Instant.ofEpochMilli(outputMs), domain);
  }

  @Test
  void keysKeepTheirStateApart() {
    for (int round = 0; round < 3; round++) {
      for (int key = 0; key < 5000; key++) {
        fixture.select("key-" + key);
        Long now = count(0).read();
        assertThat(now).isEqualTo(round == 0 ? null : (Long) (long) (key + round - 1));
        count(0).write((long) key + round);
      }
    }
    assertThat(state.entryCount()).isEqualTo(5000);
    assertThat(state.keyCount()).isEqualTo(5000);
  }

  @Test
  void aKeyWithoutContentIsForgotten() {
    for (int key = 0; key < 2000; key++) {
      fixture.select("key-" + key);
      count(0).read();
      count(10).write(1L);
      state.stateInternals().state(window(10), BAG).add("x");
      setTimer("t", key, key, TimeDomain.EVENT_TIME);
    }
    assertThat(state.keyCount()).isEqualTo(2000);
    for (int key = 0; key < 2000; key++) {
      fixture.select("key-" + key);
      count(10).clear();
      state.stateInternals().state(window(10), BAG).clear();
    }
    assertThat(state.entryCount()).isEqualTo(2000);
    while (state.pollDue(TimeDomain.EVENT_TIME, Long.MAX_VALUE) != null) {
      assertThat(state.key()).isEqualTo("key-" + (2000 - state.entryCount() - 1));
    }
    assertThat(state.entryCount()).isZero();
    assertThat(state.keyCount()).isZero();
    assertThat(state.namespaces().size()).isLessThanOrEqualTo(1);
    assertThat(fixture.entries()).isEmpty();
  }

  @Test
  void aClearedCellCanBeWrittenAgainWhileItsKeyIsSelected() {
    fixture.select("a");
    ValueState<Long> count = count(0);
    count.write(1L);
    count.clear();
    assertThat(state.entryCount()).isZero();
    count.write(2L);
    assertThat(count(0)).isSameAs(count);
    fixture.select("b");
    fixture.select("a");
    assertThat(count(0).read()).isEqualTo(2L);
  }

  @Test
  void aCellOfAForgottenKeyRefusesToBeWritten() {
    fixture.select("a");
    ValueState<Long> count = count(0);
    assertThat(count.read()).isNull();
    fixture.select("b");
    assertThatThrownBy(() -> count.write(1L))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("user/count")
        .hasMessageContaining(StateFixture.TRANSFORM);
  }

  @Test
  void manyWindowsOfOneKeyAreFoundAndForgotten() {
    for (int round = 0; round < 3; round++) {
      fixture.select("hot");
      for (int w = 0; w < 500; w++) {
        count(w * 10L).write((long) w);
      }
      for (int w = 499; w >= 0; w--) {
        assertThat(count(w * 10L).read()).isEqualTo(w);
      }
      assertThat(state.entryCount()).isEqualTo(500);
      for (int w = 0; w < 500; w++) {
        count(w * 10L).clear();
        fixture.select("hot");
      }
      assertThat(state.entryCount()).isZero();
      assertThat(state.selected().cellCount()).isLessThan(20);
      assertThat(state.namespaces().size()).isLessThan(20);
    }
  }

  @Test
  void stateWhoseKeyIsSelectedStaysReachableByTheCellsThatWereHandedOut() {
    fixture.select("a");
    List<ValueState<Long>> cells = new ArrayList<>();
    for (int w = 0; w < 40; w++) {
      cells.add(count(w * 10L));
    }
    for (int w = 0; w < 40; w++) {
      cells.get(w).write((long) w);
      assertThat(count(w * 10L)).isSameAs(cells.get(w));
    }
  }

  @Test
  void systemAndUserStateOfOneIdAreTwo() {
    fixture.select("a");
    StateTag<ValueState<Long>> system = StateTags.makeSystemTagInternal(COUNT);
    state.stateInternals().state(window(0), system).write(1L);
    state.stateInternals().state(window(0), COUNT).write(2L);
    assertThat(state.stateInternals().state(window(0), system).read()).isEqualTo(1L);
    assertThat(fixture.entries())
        .extracting(entry -> entry.column().stateId())
        .containsExactly("system/count", "user/count");
  }

  @Test
  void tagsMadeAnewForEachAccessMeanTheSameState() {
    fixture.select("a");
    for (int i = 0; i < 100; i++) {
      ValueState<Long> fresh =
          state.stateInternals().state(window(0), StateTags.value("count", VarLongCoder.of()));
      fresh.write(fresh.read() == null ? 1L : fresh.read() + 1);
    }
    assertThat(count(0).read()).isEqualTo(100L);
  }

  @Test
  void keysAreTheirBytes() {
    KeyedState<byte[]> bytes = fixture.keyed("bytes", ByteArrayCoder.of());
    writeTwice(bytes, ByteArrayCoder.of(), new byte[] {1, 2}, new byte[] {1, 2});
    byte[] large = new byte[100_000];
    large[99_999] = 7;
    writeTwice(bytes, ByteArrayCoder.of(), large, large.clone());
    assertThat(bytes.keyCount()).isEqualTo(2);

    Coder<List<byte[]>> lists = ListCoder.of(ByteArrayCoder.of());
    KeyedState<List<byte[]>> structural = fixture.keyed("structural", lists);
    writeTwice(structural, lists, List.of(new byte[] {1}), List.of(new byte[] {1}));
    assertThat(structural.keyCount()).isEqualTo(1);
  }

  @Test
  void nullIsAKeyWhereTheCoderSaysSo() {
    writeTwice(fixture.keyed("void", VoidCoder.of()), VoidCoder.of(), null, null);
    Coder<String> nullable = NullableCoder.of(StringUtf8Coder.of());
    KeyedState<String> keyed = fixture.keyed("nullable", nullable);
    writeTwice(keyed, nullable, null, null);
    writeTwice(keyed, nullable, "a", "a");
    assertThat(keyed.keyCount()).isEqualTo(2);
  }

  private static <K> void writeTwice(KeyedState<K> keyed, Coder<K> coder, K first, K second) {
    KeyHasher<K> hasher = KeyHasher.of(coder);
    keyed.select(first, hasher.hash(first));
    keyed.stateInternals().state(window(0), COUNT).write(1L);
    // Another key in between, so that it is the table that finds the second.
    keyed.clearNamespace(window(50));
    keyed.select(second, hasher.hash(second));
    assertThat(keyed.stateInternals().state(window(0), COUNT).read()).isEqualTo(1L);
  }

  @Test
  void keysOfEqualHashAreTwo() {
    for (int key = 0; key < 50; key++) {
      state.select("key-" + key, 256);
      count(0).write((long) key);
    }
    for (int key = 0; key < 50; key++) {
      state.select("key-" + key, 256);
      assertThat(count(0).read()).isEqualTo(key);
      count(0).clear();
    }
    assertThat(state.keyCount()).isZero();
  }

  @Test
  void aKeyOfAnotherTasksGroupIsRefused() {
    TaskState task = new TaskState(KeyGroups.rangeOf(0, 4), fixture.area);
    KeyedState<String> quarter =
        task.keyed("t", StringUtf8Coder.of(), IntervalWindow.getCoder(), fixture.times);
    quarter.select("a", 63);
    assertThatThrownBy(() -> quarter.select("b", 64)).hasMessageContaining("0..63");
  }

  @Test
  void holdsOfAllKeysAreKnownByTheirLeast() {
    assertThat(state.minHoldMs()).isEqualTo(Long.MAX_VALUE);
    for (int key = 0; key < 100; key++) {
      fixture.select("key-" + key);
      WatermarkHoldState hold = state.stateInternals().state(window(0), HOLD);
      hold.add(Instant.ofEpochMilli(1000 - key));
      hold.add(Instant.ofEpochMilli(2000));
    }
    for (int key = 99; key >= 0; key--) {
      assertThat(state.minHoldMs()).isEqualTo(1000 - key);
      fixture.select("key-" + key);
      state.stateInternals().state(window(0), HOLD).clear();
    }
    assertThat(state.minHoldMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void timersFireByTimeThenInTheOrderOfSettingAndSelectTheirKey() {
    fixture.select("a");
    setTimer("late", 30, 5, TimeDomain.EVENT_TIME);
    setTimer("first", 10, 10, TimeDomain.EVENT_TIME);
    fixture.select("b");
    setTimer("first", 10, 10, TimeDomain.EVENT_TIME);
    setTimer("clock", 1, 3, TimeDomain.PROCESSING_TIME);
    assertThat(state.nextTimerMs(TimeDomain.EVENT_TIME)).isEqualTo(10);
    assertThat(state.nextTimerMs(TimeDomain.SYNCHRONIZED_PROCESSING_TIME))
        .isEqualTo(Long.MAX_VALUE);
    assertThat(state.minTimerHoldMs()).isEqualTo(3);

    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 9)).isNull();
    assertThat(state.key()).isEqualTo("b");
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 30).getTimerId()).isEqualTo("first");
    assertThat(state.key()).isEqualTo("a");
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 30).getTimerId()).isEqualTo("first");
    assertThat(state.key()).isEqualTo("b");
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 30).getTimerId()).isEqualTo("late");
    assertThat(state.keyHash()).isEqualTo(fixture.hasher.hash("a"));
    assertThat(state.hasTimers(TimeDomain.EVENT_TIME)).isFalse();
    assertThat(state.hasTimers(TimeDomain.PROCESSING_TIME)).isTrue();
  }

  @Test
  void aTimerIsReplacedByItsIdAndFamilyAndKeepsItsOutputTime() {
    fixture.select("a");
    setTimer("t", 10, 7, TimeDomain.EVENT_TIME);
    setTimer("t", 20, 8, TimeDomain.EVENT_TIME);
    state
        .timerInternals()
        .setTimer(
            window(0),
            "t",
            "family",
            Instant.ofEpochMilli(15),
            Instant.ofEpochMilli(15),
            TimeDomain.EVENT_TIME);
    assertThat(state.entryCount()).isEqualTo(2);
    assertThat(state.minTimerHoldMs()).isEqualTo(8);
    TimerData first = state.pollDue(TimeDomain.EVENT_TIME, 100);
    assertThat(first.getTimerFamilyId()).isEqualTo("family");
    TimerData second = state.pollDue(TimeDomain.EVENT_TIME, 100);
    assertThat(second.getTimestamp()).isEqualTo(Instant.ofEpochMilli(20));
    assertThat(second.getOutputTimestamp()).isEqualTo(Instant.ofEpochMilli(8));
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 100)).isNull();
  }

  @Test
  void aTimerSetAgainToTheSameTimesKeepsItsPlace() {
    fixture.select("a");
    setTimer("first", 10, 10, TimeDomain.EVENT_TIME);
    setTimer("second", 10, 10, TimeDomain.EVENT_TIME);
    setTimer("first", 10, 10, TimeDomain.EVENT_TIME);
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 10).getTimerId()).isEqualTo("first");
    // Only the other output time is another setting.
    setTimer("third", 10, 10, TimeDomain.EVENT_TIME);
    setTimer("second", 10, 9, TimeDomain.EVENT_TIME);
    assertThat(state.pollDue(TimeDomain.EVENT_TIME, 10).getTimerId()).isEqualTo("third");
    assertThat(state.minTimerHoldMs()).isEqualTo(9);
  }

  @Test
  void oneTimerInTwoTimeDomainsIsRefused() {
    fixture.select("a");
    setTimer("t", 10, 10, TimeDomain.EVENT_TIME);
    assertThatThrownBy(() -> setTimer("t", 10, 10, TimeDomain.PROCESSING_TIME))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("EVENT_TIME")
        .hasMessageContaining(StateFixture.TRANSFORM);
  }

  @Test
  void clearingANamespaceTakesItsCellsTimersAndHoldsOnly() {
    fixture.select("a");
    count(0).write(1L);
    count(10).write(2L);
    state.stateInternals().state(window(0), HOLD).add(Instant.ofEpochMilli(3));
    setTimer("t", 10, 4, TimeDomain.EVENT_TIME);
    state.clearNamespace(window(0));
    assertThat(state.entryCount()).isEqualTo(1);
    assertThat(count(0).read()).isNull();
    assertThat(count(10).read()).isEqualTo(2L);
    assertThat(state.minHoldMs()).isEqualTo(Long.MAX_VALUE);
    assertThat(state.minTimerHoldMs()).isEqualTo(Long.MAX_VALUE);
    state.clearAll();
    assertThat(state.entryCount()).isZero();
  }

  @Test
  void mapsAndSetsLookKeysUpByTheirBytes() {
    fixture.select("a");
    MapState<byte[], Long> map =
        state
            .stateInternals()
            .state(window(0), StateTags.map("map", ByteArrayCoder.of(), VarLongCoder.of()));
    map.put(new byte[] {1}, 1L);
    map.put(new byte[] {1}, 2L);
    assertThat(map.get(new byte[] {1}).read()).isEqualTo(2L);
    assertThat(map.keys().read()).hasSize(1);
    SetState<byte[]> set =
        state.stateInternals().state(window(0), StateTags.set("set", ByteArrayCoder.of()));
    assertThat(set.addIfAbsent(new byte[] {1}).read()).isTrue();
    assertThat(set.addIfAbsent(new byte[] {1}).read()).isFalse();
    map.remove(new byte[] {1});
    set.remove(new byte[] {1});
    assertThat(state.entryCount()).isZero();
  }

  @Test
  void aMapIsASnapshotWhenItIsReadAndLiveUntilThen() {
    fixture.select("a");
    MapState<Double, Long> map =
        state
            .stateInternals()
            .state(window(0), StateTags.map("map", DoubleCoder.of(), VarLongCoder.of()));
    var later = map.entries();
    map.put(1.0, 1L);
    var now = later.read();
    map.put(2.0, 2L);
    map.put(1.0, 3L);
    assertThat(now).hasSize(1).first().extracting("value").isEqualTo(1L);
    assertThat(later.read()).hasSize(2);
    assertThat(map.computeIfAbsent(1.0, k -> 9L).read()).isEqualTo(3L);
    assertThat(map.computeIfAbsent(4.0, k -> 9L).read()).isNull();
    assertThat(map.get(4.0).read()).isEqualTo(9L);
  }

  @Test
  void timeIsAskedForOnEachCall() {
    fixture.select("a");
    fixture.times.inputWatermarkMs = 5;
    fixture.times.outputWatermarkMs = 4;
    fixture.times.processingTimeMs = 6;
    var timers = state.timerInternals();
    assertThat(timers.currentInputWatermarkTime()).isEqualTo(Instant.ofEpochMilli(5));
    assertThat(timers.currentOutputWatermarkTime()).isEqualTo(Instant.ofEpochMilli(4));
    assertThat(timers.currentProcessingTime()).isEqualTo(Instant.ofEpochMilli(6));
    assertThat(timers.currentSynchronizedProcessingTime()).isEqualTo(Instant.ofEpochMilli(6));
    fixture.times.processingTimeMs = 7;
    assertThat(timers.currentProcessingTime()).isEqualTo(Instant.ofEpochMilli(7));
  }
}
