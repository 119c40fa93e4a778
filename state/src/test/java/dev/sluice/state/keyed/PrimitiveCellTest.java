package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.StateFixture;
import dev.sluice.state.error.StateCodingException;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import java.util.List;
import java.util.stream.Stream;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.ValueState;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values that are kept as 64 bits are what they were as objects. */
class PrimitiveCellTest {

  /** A coder and values of it. */
  record Values<T>(Coder<T> coder, List<T> values) {}

  static Stream<Values<?>> kinds() {
    List<Long> longs = List.of(0L, -1L, 127L, Long.MIN_VALUE, Long.MAX_VALUE);
    List<Integer> ints = List.of(0, -1, 128, Integer.MIN_VALUE, Integer.MAX_VALUE);
    return Stream.of(
        new Values<>(VarLongCoder.of(), longs),
        new Values<>(BigEndianLongCoder.of(), longs),
        new Values<>(VarIntCoder.of(), ints),
        new Values<>(BigEndianIntegerCoder.of(), ints),
        new Values<>(DoubleCoder.of(), List.of(0.0, -0.0, Double.NaN, Double.MIN_VALUE, -1e300)),
        new Values<>(BooleanCoder.of(), List.of(true, false)),
        new Values<>(InstantCoder.of(), longs.stream().map(Instant::ofEpochMilli).toList()));
  }

  private static <T> ValueState<T> select(StateFixture fixture, String key, Coder<T> coder) {
    fixture.state.select(key, fixture.hasher.hash(key));
    return fixture
        .state
        .stateInternals()
        .state(StateNamespaces.global(), StateTags.value("value", coder));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  <T> void valuesComeBackFromTheHeapAndFromTheStore(Values<T> kind) {
    for (StateMemory memory : new StateMemory[] {null, new StateMemory(1, HeapGauge.NONE)}) {
      StateFixture fixture = new StateFixture(null, memory);
      for (T value : kind.values()) {
        String key = "key of " + value;
        ValueState<T> state = select(fixture, key, kind.coder());
        assertThat(state).isInstanceOf(PrimitiveCell.class);
        assertThat(state.read()).isNull();
        state.write(value);
        assertThat(state.read()).isEqualTo(value);
        select(fixture, "another", kind.coder()).write(value);
        state = select(fixture, key, kind.coder());
        assertThat(state.read()).isEqualTo(value);
        state.clear();
        assertThat(state.read()).isNull();
      }
    }
  }

  @Test
  void nullIsRefusedAtOnce() {
    ValueState<Long> state = select(new StateFixture(), "a", VarLongCoder.of());
    assertThatThrownBy(() -> state.write(null))
        .isInstanceOf(StateCodingException.class)
        .hasMessageContaining("state user/value of transform Count/Stateful");
    assertThat(state.read()).isNull();
  }

  @Test
  void otherValuesAreObjects() {
    assertThat(select(new StateFixture(), "a", StringUtf8Coder.of())).isInstanceOf(ValueCell.class);
  }
}
