package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.translation.Exchange;
import dev.sluice.translation.Exchange.Kind;
import dev.sluice.worker.watermark.Activity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each gate reads channels of this process, and channels that copy. */
@ParameterizedClass
@EnumSource(names = {"LOCAL", "COPYING"})
class InputGateTest {
  private final ChannelKind kind;
  private final CounterCell elements = new CounterCell(MetricName.named("test", "elements"));
  private final InputGate gate = new InputGate(() -> 0);
  private final Taken taken = new Taken();
  private final ExchangeWriter a;
  private final ExchangeWriter b;

  InputGateTest(ChannelKind kind) {
    this.kind = kind;
    a = writer(Taken.exchange("a", Kind.FORWARD), gate);
    b = writer(Taken.exchange("b", Kind.FORWARD), gate);
  }

  private ExchangeWriter writer(Exchange exchange, InputGate... gates) {
    return writer(exchange, 0, gates);
  }

  @SuppressWarnings("unchecked")
  private ExchangeWriter writer(Exchange exchange, int first, InputGate... gates) {
    List<ChannelWriter> channels = new ArrayList<>();
    for (InputGate to : gates) {
      TestChannel channel = kind.open();
      to.add(exchange, channel.reader(), elements);
      channels.add(channel.writer());
    }
    Coder<?> coder = StringUtf8Coder.of();
    return new ExchangeWriter(
        exchange,
        channels,
        KeyHasher.of((Coder<Object>) coder),
        new BatchSize(coder),
        first,
        () -> {});
  }

  private static void send(ExchangeWriter writer, Object... values) {
    for (Object value : values) {
      writer.receive(value, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
    }
    assertThat(writer.flush()).isTrue();
  }

  private List<String> lines() {
    return taken.all(gate).lines;
  }

  @Test
  void aChannelThatDeliveredTheBarrierIsNotReadUntilTheOthersHave() {
    send(a, "a1");
    a.barrier(1, Barrier.SAVE);
    send(a, "a2");
    send(b, "b1");

    assertThat(lines()).containsExactly("a1", "b1");
    assertThat(gate.aligns()).isTrue();

    send(b, "b2");
    b.barrier(1, Barrier.SAVE);
    assertThat(lines()).containsExactly("a1", "b1", "b2", "barrier 1", "a2");
    assertThat(gate.aligns()).isFalse();
  }

  @Test
  void twoBarriersInARowAreAlignedOneAfterTheOther() {
    a.barrier(1, Barrier.SAVE);
    send(a, "a");
    a.barrier(2, Barrier.SAVE);
    assertThat(lines()).isEmpty();
    b.barrier(1, Barrier.SAVE);
    b.barrier(2, Barrier.SAVE);
    send(b, "b");

    assertThat(lines()).containsExactly("barrier 1", "a", "barrier 2", "b");
  }

  @Test
  void anEndedChannelCountsAsAligned() {
    a.end();
    lines();
    b.barrier(1, Barrier.SAVE);
    assertThat(lines()).containsExactly("barrier 1");
  }

  @Test
  void theEndOfAChannelCompletesTheBarrierOfTheOther() {
    b.barrier(1, Barrier.SAVE);
    assertThat(lines()).isEmpty();
    a.end();
    assertThat(lines()).containsExactly("barrier 1");
  }

  @Test
  void aBarrierOfACheckpointThatWasGivenUpHoldsNobodyForEver() {
    a.barrier(1, Barrier.SAVE);
    send(a, "a");
    a.barrier(2, Barrier.SAVE);
    b.barrier(2, Barrier.SAVE);
    send(b, "b");

    assertThat(lines()).containsExactly("a", "barrier 2", "b");
  }

  @Test
  void theWatermarkIsTheLeastOfTheMainChannelsAndEndsWithThem() {
    ExchangeWriter side = writer(Taken.exchange("s", Kind.BROADCAST), gate);
    a.watermark(10, false);
    b.watermark(20, false);
    side.watermark(3, false);
    send(a);
    send(b);
    send(side, "v");

    assertThat(lines()).containsExactly("side v");
    assertThat(gate.watermarkMs()).isEqualTo(10);
    assertThat(gate.sideWatermarksMs()).containsExactly(Map.entry("s", 3L));

    a.end();
    lines();
    assertThat(gate.watermarkMs()).isEqualTo(20);
    b.end();
    lines();
    assertThat(gate.watermarkMs()).isEqualTo(Long.MAX_VALUE);
    assertThat(gate.allEnded()).isFalse();
    side.end();
    lines();
    assertThat(gate.allEnded()).isTrue();
  }

  private void says(ExchangeWriter writer, long watermarkMs, boolean idle) {
    writer.watermark(watermarkMs, idle);
    send(writer);
    lines();
  }

  @Test
  void anIdleChannelIsLeftOutAsLongAsAnotherIsActive() {
    says(a, 10, false);
    says(b, 20, false);
    says(a, 10, true);
    assertThat(gate.watermarkMs()).isEqualTo(20);
    assertThat(gate.activity()).isEqualTo(Activity.ACTIVE);

    says(b, 30, true);
    assertThat(gate.watermarkMs()).as("all are idle").isEqualTo(20);
    assertThat(gate.activity()).isEqualTo(Activity.IDLE);

    says(a, 15, false);
    assertThat(gate.watermarkMs()).as("does not go back").isEqualTo(20);
    assertThat(gate.activity()).isEqualTo(Activity.ACTIVE);
    says(a, 25, false);
    assertThat(gate.watermarkMs()).isEqualTo(25);
    says(b, 30, false);
    assertThat(gate.watermarkMs()).isEqualTo(25);
  }

  @Test
  void anEndedChannelIsNoReasonToGoOnWithoutAnIdleOne() {
    says(a, 10, true);
    says(b, BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), false);
    assertThat(gate.watermarkMs()).isEqualTo(10);
    assertThat(gate.activity()).isEqualTo(Activity.IDLE);
    b.end();
    lines();
    assertThat(gate.watermarkMs()).isEqualTo(10);
    assertThat(gate.activity()).isEqualTo(Activity.IDLE);
    a.end();
    lines();
    assertThat(gate.watermarkMs()).isEqualTo(Long.MAX_VALUE);
    assertThat(gate.activity()).isEqualTo(Activity.ENDED);
  }

  @Test
  void aBatchMakesAChannelActiveBeforeItsWatermarkDoes() {
    says(a, 10, true);
    says(b, 20, false);
    assertThat(gate.watermarkMs()).isEqualTo(20);
    send(a, "late or not");
    says(b, 30, false);
    assertThat(gate.watermarkMs()).isEqualTo(20);
  }

  @Test
  void anIdleSideInputSaysNothingOfItsWindows() {
    ExchangeWriter side = writer(Taken.exchange("s", Kind.BROADCAST), gate);
    says(a, 10, false);
    says(b, 20, false);
    says(side, 3, true);
    assertThat(gate.sideWatermarksMs()).containsExactly(Map.entry("s", 3L));
    assertThat(gate.activity()).isEqualTo(Activity.ACTIVE);
  }

  @Test
  void takesTurnsAmongItsChannels() {
    for (int i = 0; i < 3; i++) {
      send(a, "a");
      send(b, "b");
    }
    assertThat(lines()).containsExactly("a", "b", "a", "b", "a", "b");
  }

  @Test
  void allThatWasSentIsReceivedOnceDrained() {
    for (int i = 0; i < 10; i++) {
      send(a, "x", "y");
      a.watermark(i, false);
      a.barrier(i, Barrier.SAVE);
      b.barrier(i, Barrier.SAVE);
      lines();
    }
    a.end();
    b.end();
    lines();

    assertThat(gate.received()).isEqualTo(a.sent() + b.sent());
  }

  @Test
  void elementsAreCountedAndControlItemsAreNot() {
    send(a, "a1", "a2");
    a.barrier(1, Barrier.SAVE);
    send(b, "b1");
    b.barrier(1, Barrier.SAVE);
    lines();

    assertThat(elements.getCumulative()).isEqualTo(3);
  }

  @Test
  void caughtUpWhenEachProducerHasSentWhatItHadNoted() {
    a.watermark(10, false);
    b.watermark(20, false);
    gate.awaitCatchUp();
    assertThat(gate.caughtUp()).isFalse();
    send(a, "a");
    assertThat(gate.caughtUp()).isFalse();
    b.end();
    assertThat(gate.caughtUp()).isTrue();
    assertThat(lines()).containsExactly("a");
    assertThat(gate.watermarkMs()).isEqualTo(10);
  }

  @Test
  void theMarkIsPassedWhenAllThatWaitedIsTaken() {
    send(a, "a1");
    send(b, "b1");
    gate.mark();
    send(a, "a2");
    gate.take(taken);
    assertThat(gate.passedMark()).isFalse();
    gate.take(taken);
    assertThat(gate.passedMark()).isTrue();
    assertThat(taken.lines).containsExactly("a1", "b1");
  }

  @Test
  void whatWaitsBehindABarrierHoldsTheMarkOnlyWhenTheBarrierIsComplete() {
    a.barrier(1, Barrier.SAVE);
    send(a, "a");
    lines();
    gate.mark();
    assertThat(gate.passedMark()).isTrue();

    b.barrier(1, Barrier.SAVE);
    gate.take(taken);
    assertThat(gate.passedMark()).isFalse();
    lines();
    assertThat(gate.passedMark()).isTrue();
  }

  @Test
  void eachKindOfExchangeSendsToItsTasks() {
    InputGate[] gates =
        IntStream.range(0, 3).mapToObj(i -> new InputGate(() -> 0)).toArray(InputGate[]::new);
    send(writer(Taken.exchange("r", Kind.REBALANCE), 2, gates), "r0", "r1", "r2", "r3");
    send(writer(Taken.exchange("b", Kind.BROADCAST), gates), "all");
    send(writer(Taken.exchange("f", Kind.FORWARD), gates[1]), "one");
    send(writer(Taken.exchange("g", Kind.GATHER), gates[0]), "zero");

    assertThat(new Taken().all(gates[0]).lines).containsExactly("r1", "side all", "zero");
    assertThat(new Taken().all(gates[1]).lines).containsExactly("r2", "side all", "one");
    assertThat(new Taken().all(gates[2]).lines).containsExactly("r0", "r3", "side all");
  }

  @Test
  void aKeyGoesToTheOwnerOfItsGroup() {
    InputGate[] gates =
        IntStream.range(0, 3).mapToObj(i -> new InputGate(() -> 0)).toArray(InputGate[]::new);
    ExchangeWriter keyed = writer(Taken.exchange("h", Kind.HASH), gates);
    KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
    List<List<String>> expected = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < 100; i++) {
      String key = "key" + i;
      int hash = hasher.hash(key);
      KV<String, Integer> element = KV.of(key, i);
      expected.get(KeyGroups.ownerOf(KeyGroups.groupOf(hash), 3)).add(element.toString());
      if (i % 2 == 0) {
        keyed.receive(element, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
      } else {
        keyed.receiveKeyed(
            element, hash, false, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
      }
    }
    keyed.flush();

    for (int i = 0; i < 3; i++) {
      assertThat(new Taken().all(gates[i]).lines).isEqualTo(expected.get(i)).isNotEmpty();
    }
  }
}
