package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.Barrier;
import dev.sluice.worker.exchange.ControlItem.BarrierItem;
import dev.sluice.worker.exchange.ControlItem.End;
import dev.sluice.worker.exchange.ControlItem.Watermark;
import dev.sluice.worker.record.Batch;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Each outlet sends over a channel of this process, and over one that copies. */
@ParameterizedClass
@EnumSource(names = {"LOCAL", "COPYING"})
class OutletTest {
  private static final Collection<? extends BoundedWindow> GLOBAL = List.of(GlobalWindow.INSTANCE);

  /** More batches than this are never under way. */
  private static final int DATA_LIMIT = 16;

  private final TestChannel channel;
  private final List<String> arrived = new ArrayList<>();
  private int rests;
  private final Outlet outlet;

  OutletTest(ChannelKind kind) {
    channel = kind.open();
    outlet = new Outlet(channel.writer(), sizeOfTheSmall(), this::restByReadingOne);
  }

  /** That of an exchange which has already been seen to carry small records. */
  private static BatchSize sizeOfTheSmall() {
    BatchSize size = new BatchSize(StringUtf8Coder.of());
    Batch batch = new Batch();
    batch.add("x", 0, 0, GLOBAL, PaneInfo.NO_FIRING);
    while (size.records() < Batch.CAPACITY) {
      size.sample(batch);
    }
    return size;
  }

  private void restByReadingOne() {
    rests++;
    readOne();
  }

  private void add(Object value, boolean accumulated) {
    outlet.add(value, 0, accumulated, 0, GLOBAL, PaneInfo.NO_FIRING);
  }

  private void addFlushed(Object value) {
    add(value, false);
    assertThat(outlet.flush()).isTrue();
  }

  private boolean readOne() {
    Object item = channel.reader().poll();
    if (item instanceof Batch batch) {
      StringBuilder values = new StringBuilder(batch.accumulated() ? "acc" : "");
      for (int i = 0; i < Math.min(batch.size(), 3); i++) {
        values.append(batch.value(i));
      }
      arrived.add(values.toString());
      channel.reader().giveBack(batch);
    } else if (item instanceof Watermark watermark) {
      arrived.add("w" + watermark.ms() + (watermark.idle() ? " idle" : ""));
    } else if (item instanceof BarrierItem barrier) {
      arrived.add("b" + barrier.checkpoint());
    } else if (item instanceof ControlItem.Answer) {
      arrived.add("answer");
    } else if (item instanceof End) {
      arrived.add("end");
    }
    return item != null;
  }

  private List<String> readAll() {
    while (readOne()) {
      // all of it
    }
    return arrived;
  }

  /** Fills the channel with as many batches as it takes. */
  private void fill() {
    for (int i = 0; i < DATA_LIMIT; i++) {
      addFlushed("x");
    }
  }

  @Test
  void itemsArriveInTheOrderInWhichTheyWereHandedIn() {
    add("1", false);
    outlet.watermark(10, false);
    outlet.control(new BarrierItem(1, Barrier.SAVE));
    add("2", false);
    outlet.control(new BarrierItem(2, Barrier.SAVE));
    add("3", false);
    outlet.watermark(20, false);
    outlet.control(new End());

    assertThat(readAll()).containsExactly("1", "w10", "b1", "2", "b2", "3", "w20", "end");
    assertThat(outlet.sent()).isEqualTo(8);
    assertThat(rests).isZero();
  }

  @Test
  void aWatermarkIsSentOnceAndOnlyIfItAdvances() {
    outlet.watermark(10, false);
    outlet.flush();
    outlet.flush();
    outlet.watermark(5, false);
    outlet.flush();
    outlet.watermark(11, false);
    outlet.watermark(12, false);
    outlet.flush();

    assertThat(readAll()).containsExactly("w10", "w12");
  }

  @Test
  void idleIsSentWhenItChangesAndAfterABatchAgain() {
    outlet.watermark(10, true);
    outlet.flush();
    outlet.watermark(10, true);
    outlet.flush();
    outlet.watermark(10, false);
    outlet.flush();
    outlet.watermark(10, true);
    outlet.flush();
    addFlushed("1");
    assertThat(readAll()).containsExactly("w10 idle", "w10", "w10 idle", "1");

    arrived.clear();
    outlet.watermark(10, true);
    outlet.flush();
    outlet.watermark(9, true);
    outlet.flush();
    assertThat(readAll()).as("the batch had said the contrary").containsExactly("w10 idle");
    assertThat(outlet.sent()).isEqualTo(5);
  }

  @Test
  void whoWritesIsNotIdleUntilHeSaysSoAgain() {
    outlet.watermark(10, true);
    add("1", false);
    outlet.flush();
    assertThat(readAll()).containsExactly("1", "w10");
  }

  @Test
  void accumulatedAndRawRecordsNeverShareABatch() {
    add("1", false);
    add("2", true);
    add("3", true);
    add("4", false);
    outlet.flush();

    assertThat(readAll()).containsExactly("1", "acc23", "4");
  }

  @Test
  void aFullBatchIsSentAtOnce() {
    for (int i = 0; i < Batch.CAPACITY; i++) {
      add("x", false);
    }

    assertThat(readAll()).containsExactly("xxx");
  }

  @Test
  void aFullChannelStillTakesControlItems() {
    fill();
    outlet.watermark(1, false);
    outlet.control(new BarrierItem(1, Barrier.SAVE));
    outlet.control(new End());

    assertThat(rests).isZero();
    assertThat(readAll()).hasSize(DATA_LIMIT + 3).endsWith("x", "w1", "b1", "end");
  }

  @Test
  void nothingOvertakesABatchThatHasNoRoom() {
    fill();
    add("late", false);
    outlet.watermark(7, false);
    assertThat(outlet.flush()).isFalse();
    outlet.control(new BarrierItem(1, Barrier.SAVE));
    add("after", false);
    outlet.control(new End());

    readAll();
    outlet.flush();
    assertThat(readAll()).containsSubsequence("late", "w7", "b1", "after", "end").hasSize(21);
  }

  @Test
  void controlItemsWaitInOrderWhenEvenTheirRoomIsTaken() {
    for (int i = 0; i < 40; i++) {
      outlet.watermark(i, false);
      outlet.control(new BarrierItem(i, Barrier.SAVE));
    }
    outlet.control(new End());
    readAll();
    while (!outlet.flush()) {
      readAll();
    }
    readAll();

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      expected.add("w" + i);
      expected.add("b" + i);
    }
    expected.add("end");
    assertThat(arrived).isEqualTo(expected);
    assertThat(outlet.sent()).isEqualTo(expected.size());
  }

  @Test
  void userCodeThatEmitsMoreThanFitsRestsUntilThereIsRoom() {
    for (int i = 0; i < 40 * Batch.CAPACITY; i++) {
      add("x", false);
    }

    assertThat(rests).isPositive();
    assertThat(readAll()).hasSize(40);
  }

  @Test
  void aStopWhileRestingUnwindsAndAnAbandonedChannelTakesEverything() {
    Outlet stopped =
        new Outlet(
            channel.writer(),
            sizeOfTheSmall(),
            () -> {
              throw new IllegalStateException("stopped");
            });
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 40 * Batch.CAPACITY; i++) {
                stopped.add("x", 0, false, 0, GLOBAL, PaneInfo.NO_FIRING);
              }
            })
        .hasMessage("stopped");

    channel.reader().send(new Feedback.GivenUp());
    for (int i = 0; i < 40 * Batch.CAPACITY; i++) {
      stopped.add("x", 0, false, 0, GLOBAL, PaneInfo.NO_FIRING);
    }
    assertThat(stopped.flush()).isTrue();
  }

  @Test
  void isBehindFromTheNotedWatermarkUntilItIsInTheChannel() {
    add("1", false);
    outlet.watermark(10, false);
    channel.reader().awaitCatchUp();
    assertThat(channel.reader().caughtUp()).isFalse();
    outlet.flush();
    assertThat(channel.reader().caughtUp()).isTrue();
    assertThat(channel.reader().waiting()).isEqualTo(2);

    outlet.watermark(10, false);
    channel.reader().awaitCatchUp();
    assertThat(channel.reader().caughtUp()).as("nothing new").isTrue();
    outlet.watermark(20, false);
    assertThat(channel.reader().caughtUp()).as("after the handshake").isTrue();
  }

  @Test
  void aChannelIsBehindWhileAWatermarkWaitsForRoom() {
    fill();
    add("late", false);
    outlet.watermark(7, false);
    assertThat(outlet.flush()).isFalse();
    channel.reader().awaitCatchUp();
    assertThat(channel.reader().caughtUp()).isFalse();
    outlet.control(new BarrierItem(1, Barrier.SAVE));
    assertThat(channel.reader().caughtUp()).isTrue();
    assertThat(readAll()).endsWith("late", "w7", "b1");
  }

  @Test
  void aQuestionThatComesWhileAnotherOneIsAnsweredIsAQuestionForItself() {
    channel.reader().send(new Feedback.Question());
    assertThat(outlet.asked()).isTrue();
    channel.reader().send(new Feedback.Question());
    addFlushed("1");
    outlet.answer();
    outlet.answer();
    assertThat(readAll()).containsExactly("1", "answer");
    assertThat(outlet.asked()).isTrue();
    outlet.answer();
    assertThat(readAll()).containsExactly("1", "answer", "answer");
  }

  @Test
  void noMoreBatchesAreUnderWayThanTheConsumerGrants() {
    channel.reader().send(new Feedback.Credit(2));
    addFlushed("1");
    addFlushed("2");
    add("3", false);
    assertThat(outlet.flush()).isFalse();
    readOne();
    assertThat(outlet.flush()).isTrue();
    assertThat(readAll()).containsExactly("1", "2", "3");
  }

  @Test
  void windowsAndPanesAreKeptPerRecordWhereTheyDiffer() {
    Collection<? extends BoundedWindow> other = List.of(GlobalWindow.INSTANCE);
    PaneInfo pane = PaneInfo.createPane(true, true, PaneInfo.Timing.EARLY);
    Batch batch = new Batch();
    for (int use = 0; use < 2; use++) {
      batch.add("a", 1, 10, GLOBAL, PaneInfo.NO_FIRING);
      batch.add("b", 2, 20, GLOBAL, PaneInfo.NO_FIRING);
      batch.add("c", 3, 30, other, pane);
      batch.add("d", 4, 40, GLOBAL, PaneInfo.NO_FIRING);

      assertThat(batch.windows(1)).isSameAs(GLOBAL);
      assertThat(batch.windows(2)).isSameAs(other);
      assertThat(batch.windows(3)).isSameAs(GLOBAL);
      assertThat(batch.pane(0)).isSameAs(PaneInfo.NO_FIRING);
      assertThat(batch.pane(2)).isSameAs(pane);
      assertThat(batch.pane(3)).isSameAs(PaneInfo.NO_FIRING);
      assertThat(batch.keyHash(3)).isEqualTo(4);
      assertThat(batch.timestampMs(2)).isEqualTo(30);
      batch.clear();
      for (int i = 0; i < 4; i++) {
        assertThat(batch.value(i)).isNull();
        assertThat(batch.windows(i)).isNull();
        assertThat(batch.pane(i)).isNull();
      }
    }
  }
}
