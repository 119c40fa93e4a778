package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.key.KeyHasher;
import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When the combine before the exchange combines, when it sends, and when it lets pass. */
class PartialCombineTest {
  private static final List<IntervalWindow> FIRST = window(0);
  private static final List<IntervalWindow> SECOND = window(10);

  private final Sent sent = new Sent();
  private final GroupingDriver driver = driver(sent);
  private final GroupingOperator operator = driver.operator();

  @AfterEach
  void close() {
    driver.close();
  }

  private static List<IntervalWindow> window(long startMs) {
    return List.of(new IntervalWindow(Instant.ofEpochMilli(startMs), Duration.millis(10)));
  }

  private static GroupingDriver driver(Receiver receiver) {
    GroupingSubject subject =
        GroupingSubject.combine(
            StringUtf8Coder.of(),
            VarLongCoder.of(),
            Window.<KV<String, Long>>into(FixedWindows.of(Duration.millis(10))),
            new Listing());
    Node node =
        new Node.PartialCombine(subject.transformId(), subject.input(), Map.of("out", "none"));
    return new GroupingDriver(
        subject, (context, output) -> GroupingOperators.create(context, node, receiver));
  }

  private void receive(KV<String, Long> value, List<IntervalWindow> windows) {
    operator.receive(value, 3, windows, PaneInfo.NO_FIRING);
  }

  @Test
  void aBundleLeavesOneAccumulatorForEachKeyAndWindow() {
    operator.startBundle();
    receive(KV.of("a", 1L), FIRST);
    receive(KV.of("b", 2L), FIRST);
    receive(KV.of("a", 3L), FIRST);
    receive(KV.of("a", 4L), SECOND);
    assertThat(sent.values).isEmpty();
    operator.finishBundle();
    assertThat(sent.values)
        .containsExactly(
            KV.of("a", List.of(1L, 3L)), KV.of("b", List.of(2L)), KV.of("a", List.of(4L)));
    assertThat(sent.accumulated).containsOnly(true);
    assertThat(sent.timestampsMs).containsExactly(9L, 9L, 19L);
    assertThat(sent.windows).containsExactly(FIRST, FIRST, SECOND);
    KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
    assertThat(sent.hashes).containsExactly(hasher.hash("a"), hasher.hash("b"), hasher.hash("a"));

    operator.startBundle();
    receive(KV.of("a", 5L), FIRST);
    operator.finishBundle();
    assertThat(sent.values).hasSize(4).last().isEqualTo(KV.of("a", List.of(5L)));
  }

  @Test
  void itHoldsTheWatermarkWhileItHoldsAnythingAndSendsThatWhenItAdvances() {
    operator.advanceWatermark(1);
    assertThat(operator.outputWatermarkMs()).isEqualTo(1);
    operator.startBundle();
    receive(KV.of("a", 1L), FIRST);
    operator.endSlice();
    assertThat(sent.values).isEmpty();
    operator.advanceWatermark(2);
    assertThat(operator.outputWatermarkMs()).isEqualTo(1);
    receive(KV.of("a", 2L), FIRST);
    operator.endSlice();
    assertThat(sent.values).containsExactly(KV.of("a", List.of(1L, 2L)));
    assertThat(operator.outputWatermarkMs()).isEqualTo(2);
  }

  @Test
  void aPauseSendsWhatItHolds() {
    operator.startBundle();
    receive(KV.of("a", 1L), FIRST);
    operator.pause();
    assertThat(sent.values).containsExactly(KV.of("a", List.of(1L)));
  }

  @Test
  void tooManyKeysAreSentOnWithinTheBundle() {
    operator.startBundle();
    int most = PartialCombineOperator.MOST_ENTRIES;
    for (int i = 1; i < most; i++) {
      // Each twice, so that combining pays.
      receive(KV.of("key" + i, 1L), FIRST);
      receive(KV.of("key" + i, 1L), FIRST);
    }
    assertThat(sent.values).isEmpty();
    receive(KV.of("key" + most, 1L), FIRST);
    assertThat(sent.values).hasSize(most);
    assertThat(sent.accumulated).containsOnly(true);
  }

  @Test
  void keysThatDoNotRepeatPassAsTheyAre() {
    operator.startBundle();
    for (int i = 0; i < Reduction.PROBE; i++) {
      receive(KV.of("key" + i, 1L), FIRST);
    }
    operator.finishBundle();
    sent.clear();

    operator.startBundle();
    KV<String, Long> value = KV.of("a", 1L);
    receive(value, FIRST);
    receive(value, FIRST);
    assertThat(sent.values).hasSize(2).allSatisfy(passed -> assertThat(passed).isSameAs(value));
    assertThat(sent.accumulated).containsOnly(false);
    assertThat(sent.timestampsMs).containsOnly(3L);
    operator.finishBundle();
    assertThat(sent.values).hasSize(2);
  }

  @Test
  void itTriesAgainAfterAWhile() {
    Reduction reduction = new Reduction();
    for (int i = 0; i < Reduction.PROBE; i++) {
      assertThat(reduction.pays()).isTrue();
      reduction.countNew();
    }
    for (int i = 0; i < Reduction.PAUSE; i++) {
      if (reduction.pays()) {
        throw new AssertionError("after " + i);
      }
    }
    for (int i = 0; i < 3 * Reduction.PROBE; i++) {
      assertThat(reduction.pays()).isTrue();
      if (i % 2 == 0) {
        reduction.countNew();
      } else {
        reduction.countCombined();
      }
    }
  }

  /** All that was sent, column by column. */
  private static final class Sent implements Receiver {
    private final List<Object> values = new ArrayList<>();
    private final List<Integer> hashes = new ArrayList<>();
    private final List<Boolean> accumulated = new ArrayList<>();
    private final List<Long> timestampsMs = new ArrayList<>();
    private final List<Collection<? extends BoundedWindow>> windows = new ArrayList<>();

    void clear() {
      values.clear();
      hashes.clear();
      accumulated.clear();
      timestampsMs.clear();
      windows.clear();
    }

    @Override
    public void receive(
        Object value,
        long timestampMs,
        Collection<? extends BoundedWindow> valueWindows,
        PaneInfo pane) {
      throw new AssertionError("sent without its hash: " + value);
    }

    @Override
    public void receiveKeyed(
        Object value,
        int keyHash,
        boolean isAccumulated,
        long timestampMs,
        Collection<? extends BoundedWindow> valueWindows,
        PaneInfo pane) {
      values.add(value);
      hashes.add(keyHash);
      accumulated.add(isAccumulated);
      timestampsMs.add(timestampMs);
      windows.add(valueWindows);
    }
  }
}
