package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.StateFixture;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import dev.sluice.state.storage.SegmentRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;

/**
 * The state of keys of many lengths, of which segments are kept in {@code
 * src/test/resources/longkeys}, one folder for each version of the format. It must not change any
 * more.
 *
 * <p>{@code main} wrote them: {@code java -cp ... dev.sluice.state.keyed.KeptLongKeys <folder>}.
 */
final class KeptLongKeys {
  static final StateTag<ValueState<Integer>> VALUE = StateTags.value("value", VarIntCoder.of());
  static final StateTag<BagState<Integer>> BAG = StateTags.bag("bag", VarIntCoder.of());
  static final StateTag<MapState<String, Integer>> MAP =
      StateTags.map("map", StringUtf8Coder.of(), VarIntCoder.of());

  /** Lengths of encodings; a string has two bytes of length before it. */
  private static final int[] LENGTHS = {10, 1_024, 1_025, 2_000, 5_000, 17_000};

  /** More than a collection may have that is a part of its key's record. */
  private static final int MANY = 300;

  private static final StateNamespace WINDOW =
      StateNamespaces.window(
          IntervalWindow.getCoder(),
          new IntervalWindow(Instant.ofEpochMilli(0), Instant.ofEpochMilli(10)));

  private KeptLongKeys() {}

  /** Writes segments into a folder. */
  public static void main(String[] arguments) {
    FolderFiles files = new FolderFiles(new LocalFolder(Path.of(arguments[0])), "kept");
    LogLanes lanes = new LogLanes(Runnable::run, Runnable::run, Runnable::run);
    TaskLog log =
        new TaskLog(
            new LogPlace(files, "", new MemoryDisk(1 << 20), lanes),
            new LogOrigin.Nothing(),
            SegmentFilter.ALL,
            new StateNames(),
            LogLimits.DEFAULT);
    StateFixture fixture = new StateFixture(log);
    for (int length : LENGTHS) {
      fill(fixture, length);
    }
    seal(fixture, log, 1);
    for (int length : LENGTHS) {
      change(fixture, length);
    }
    List<SegmentRef> segments = seal(fixture, log, 2);
    log.close();
    System.out.println(segments);
  }

  private static List<SegmentRef> seal(StateFixture fixture, TaskLog log, long number) {
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

  /** Three keys of the same length: one stays, one is changed, one goes. */
  private static String key(int length, char which) {
    int ownBytes = length - (length < 130 ? 1 : length < 16_386 ? 2 : 3);
    return which + "k".repeat(ownBytes - 1);
  }

  private static StateInternals select(StateFixture fixture, int length, char which) {
    fixture.select(key(length, which));
    return fixture.state.stateInternals();
  }

  private static void fill(StateFixture fixture, int length) {
    for (char which : new char[] {'a', 'b', 'c'}) {
      StateInternals state = select(fixture, length, which);
      state.state(WINDOW, VALUE).write(length);
      for (int i = 0; i < MANY; i++) {
        state.state(WINDOW, BAG).add(i);
        state.state(WINDOW, MAP).put("element-" + i, i);
      }
      Instant at = Instant.ofEpochMilli(length);
      fixture.state.timerInternals().setTimer(WINDOW, "t", "", at, at, TimeDomain.EVENT_TIME);
    }
  }

  private static void change(StateFixture fixture, int length) {
    StateInternals state = select(fixture, length, 'b');
    state.state(WINDOW, VALUE).write(-length);
    state.state(WINDOW, BAG).clear();
    state.state(WINDOW, MAP).put("element-" + MANY, MANY);
    state.state(WINDOW, MAP).remove("element-0");
    select(fixture, length, 'c');
    fixture.state.clearAll();
  }

  /**
   * Compares all state, while it may come and go between heap and store, with what it should be.
   */
  static void check(StateFixture fixture) {
    for (int round = 0; round < 2; round++) {
      for (int length : LENGTHS) {
        StateInternals a = select(fixture, length, 'a');
        assertThat(a.state(WINDOW, VALUE).read()).isEqualTo(length);
        assertThat(a.state(WINDOW, BAG).read()).hasSize(MANY).contains(0, 1, MANY - 1);
        assertThat(a.state(WINDOW, MAP).get("element-0").read()).isZero();
        StateInternals b = select(fixture, length, 'b');
        assertThat(b.state(WINDOW, VALUE).read()).isEqualTo(-length);
        assertThat(b.state(WINDOW, BAG).read()).isEmpty();
        assertThat(b.state(WINDOW, MAP).get("element-0").read()).isNull();
        assertThat(b.state(WINDOW, MAP).get("element-" + MANY).read()).isEqualTo(MANY);
        assertThat(b.state(WINDOW, MAP).keys().read()).hasSize(MANY);
        StateInternals c = select(fixture, length, 'c');
        assertThat(c.state(WINDOW, VALUE).read()).isNull();
        assertThat(c.state(WINDOW, BAG).read()).isEmpty();
      }
    }
    assertThat(fixture.state.keyCount()).isEqualTo(2L * LENGTHS.length);
  }

  /** Takes all timers, which are due in the order of the lengths. */
  static void fire(StateFixture fixture) {
    for (int length : LENGTHS) {
      for (char which : new char[] {'a', 'b'}) {
        assertThat(fixture.state.pollDue(TimeDomain.EVENT_TIME, 100_000).getTimestamp())
            .isEqualTo(Instant.ofEpochMilli(length));
        assertThat(fixture.state.key()).isEqualTo(key(length, which));
      }
    }
    assertThat(fixture.state.pollDue(TimeDomain.EVENT_TIME, 100_000)).isNull();
  }
}
