package dev.sluice.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.key.KeyGroups;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

class TaskStateTest {
  private static final StateNamespace GLOBAL = StateNamespaces.global();

  private final StateFixture fixture = new StateFixture();

  /**
   * Everything that can be saved is shown, in the key's group, and can be encoded as it is shown.
   */
  @Test
  void everyKindOfStateIsShownWithCodersThatEncodeIt() throws Exception {
    fillKey("a");
    TaskQueue<String> queue =
        fixture.task.queue("ParDo", "waiting", StringUtf8Coder.of(), element -> 0);
    queue.append("first");
    queue.append("second");
    TaskValue<Long> mark = fixture.task.value("Read", "mark", 17, VarLongCoder.of());
    mark.set(5L);
    fixture.task.register("Combine", "accumulators", new OneEntry());

    List<String> shown = new ArrayList<>();
    int group = KeyGroups.groupOf(fixture.hasher.hash("a"));
    for (StateEntry entry : fixture.entries()) {
      if (entry.key() != null) {
        assertThat(entry.keyGroup()).isEqualTo(group);
        assertThat(entry.namespace()).isEqualTo(GLOBAL);
      }
      encode(entry.key());
      encode(entry.part());
      encode(entry.value());
      shown.add(entry.column().stateId() + part(entry) + value(entry));
    }
    assertThat(fixture.task.entryCount()).isEqualTo(8 + 1 + 2 + 1 + 1);
    assertThat(shown)
        .containsExactly(
            "user/value = 1",
            "user/bag [0] = x",
            "user/bag [1] = y",
            "user/set [e]",
            "user/map [k] = 2",
            "user/multimap [KV{k, 0}] = 3",
            "user/multimap [KV{k, 1}] = 4",
            "user/list [KV{1970-01-01T00:00:00.005Z, 0}] = l",
            "user/sum = 6",
            "user/hold = 1970-01-01T00:00:00.009Z",
            "timer/event_time [KV{family, t}] = t",
            "waiting = first",
            "waiting = second",
            "mark = 5",
            "accumulators = 11");
  }

  private void fillKey(String key) {
    fixture.select(key);
    var state = fixture.state.stateInternals();
    state.state(GLOBAL, StateTags.value("value", VarLongCoder.of())).write(1L);
    state.state(GLOBAL, StateTags.value("never written", VarLongCoder.of())).read();
    state.state(GLOBAL, StateTags.bag("bag", StringUtf8Coder.of())).add("x");
    state.state(GLOBAL, StateTags.bag("bag", StringUtf8Coder.of())).add("y");
    state.state(GLOBAL, StateTags.set("set", StringUtf8Coder.of())).add("e");
    state.state(GLOBAL, StateTags.map("map", StringUtf8Coder.of(), VarIntCoder.of())).put("k", 2);
    var multimap = StateTags.multimap("multimap", StringUtf8Coder.of(), VarIntCoder.of());
    state.state(GLOBAL, multimap).put("k", 3);
    state.state(GLOBAL, multimap).put("k", 4);
    state
        .state(GLOBAL, StateTags.orderedList("list", StringUtf8Coder.of()))
        .add(TimestampedValue.of("l", Instant.ofEpochMilli(5)));
    state
        .state(
            GLOBAL,
            StateTags.combiningValueFromInputInternal("sum", VarIntCoder.of(), Sum.ofIntegers()))
        .add(6);
    state
        .state(GLOBAL, StateTags.watermarkStateInternal("hold", TimestampCombiner.EARLIEST))
        .add(Instant.ofEpochMilli(9));
    fixture
        .state
        .timerInternals()
        .setTimer(
            GLOBAL,
            "t",
            "family",
            Instant.ofEpochMilli(7),
            Instant.ofEpochMilli(7),
            TimeDomain.EVENT_TIME);
  }

  private static String part(StateEntry entry) {
    return entry.part() == null ? "" : " [" + entry.part().value() + "]";
  }

  private static String value(StateEntry entry) {
    if (entry.value() == null) {
      return "";
    }
    Object value = entry.value().value();
    if (value instanceof int[] sum) {
      return " = " + sum[0];
    } else if (value instanceof org.apache.beam.runners.core.TimerInternals.TimerData timer) {
      return " = " + timer.getTimerId();
    }
    return " = " + value;
  }

  private static <T> void encode(Coded<T> coded) throws CoderException {
    if (coded != null) {
      Coder<T> coder = coded.coder();
      assertThat(CoderUtils.encodeToByteArray(coder, coded.value())).isNotNull();
    }
  }

  @Test
  void aQueueGivesWhatCameFirstAndMayBePutIntoWhileItIsTakenFrom() {
    TaskQueue<Long> queue = fixture.task.queue("ParDo", "waiting", VarLongCoder.of(), element -> 0);
    assertThat(queue.isEmpty()).isTrue();
    List<Long> taken = new ArrayList<>();
    for (long i = 0; i < 10; i++) {
      queue.append(i);
    }
    for (long i = 10; i < 5_000; i++) {
      taken.add(queue.take());
      queue.append(i);
    }
    assertThat(queue.size()).isEqualTo(10);
    List<Long> left = new ArrayList<>();
    queue.forEach(left::add);
    taken.addAll(left);
    assertThat(taken).isEqualTo(LongStream.range(0, 5_000).boxed().toList());
    while (!queue.isEmpty()) {
      queue.take();
    }
    assertThat(fixture.entries()).isEmpty();
  }

  @Test
  void aValueComesAndGoes() {
    TaskValue<Long> value = fixture.task.value("Read", "mark", 3, VarLongCoder.of());
    assertThat(value.get()).isNull();
    value.set(4L);
    assertThat(value.get()).isEqualTo(4L);
    assertThat(value.keyGroup()).isEqualTo(3);
    assertThat(fixture.entries()).extracting(StateEntry::keyGroup).containsExactly(3);
    value.clear();
    assertThat(fixture.entries()).isEmpty();
  }

  @Test
  void aNameIsGivenOnceAndAGroupMustBeTheTasksOwn() {
    fixture.task.queue("ParDo", "waiting", VarLongCoder.of(), element -> 0);
    assertThatThrownBy(
            () -> fixture.task.queue("ParDo", "waiting", VarLongCoder.of(), element -> 0))
        .hasMessageContaining("ParDo");
    assertThatThrownBy(() -> fixture.keyed(StateFixture.TRANSFORM, VarLongCoder.of()))
        .hasMessageContaining(StateFixture.TRANSFORM);
    fixture.task.value("Read", "mark", 3, VarLongCoder.of());
    fixture.task.value("Read", "mark", 4, VarLongCoder.of());
    assertThatThrownBy(() -> fixture.task.value("Read", "mark", 4, VarLongCoder.of()))
        .hasMessageContaining("mark");
    TaskState quarter = new TaskState(KeyGroups.rangeOf(1, 4), fixture.area);
    assertThatThrownBy(() -> quarter.value("Read", "mark", 3, VarLongCoder.of()))
        .hasMessageContaining("64..127");
  }

  @Test
  void entriesOfOneTransformAreShownByAscendingGroup() {
    for (int key = 0; key < 3000; key++) {
      fixture.select("key-" + key);
      fixture
          .state
          .stateInternals()
          .state(GLOBAL, StateTags.value("v", VarLongCoder.of()))
          .write(1L);
    }
    List<StateEntry> entries = fixture.entries();
    assertThat(entries).hasSize(3000);
    assertThat(entries).extracting(StateEntry::keyGroup).isSorted();
  }

  /** A part with one entry. */
  private static final class OneEntry implements StatePart {
    @Override
    public void forEachEntry(StateEntry.Column column, EntryVisitor visitor) {
      visitor.visit(
          new StateEntry(0, column, null, null, null, new Coded<>(11L, VarLongCoder.of())));
    }

    @Override
    public long entryCount() {
      return 1;
    }

    @Override
    public void logTo(PartLog log) {}

    @Override
    public void barrier() {}

    @Override
    public boolean logSome(SliceLimit limit) {
      return true;
    }

    @Override
    public void restore(byte[] key, byte[] value) {}
  }
}
