package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.record.Batch;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;

class LocalChannelTest {
  private int producerWoken;
  private int consumerWoken;
  private final LocalChannel channel =
      new LocalChannel(() -> producerWoken++, () -> consumerWoken++);
  private final ChannelWriter writer = channel.writer();
  private final ChannelReader reader = channel.reader();

  @Test
  void batchesPassByReferenceAndComeHomeEmpty() {
    Batch batch = writer.emptyBatch();
    batch.accumulated(true);
    batch.add("kept?", 0, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
    assertThat(writer.offer(batch, 1)).isTrue();
    assertThat(reader.poll()).isSameAs(batch);
    reader.giveBack(batch);

    assertThat(writer.emptyBatch()).isSameAs(batch);
    assertThat(batch.size()).isZero();
    assertThat(batch.accumulated()).isFalse();
    assertThat(batch.value(0)).isNull();
    assertThat(batch.windows(0)).isNull();
    assertThat(batch.pane(0)).isNull();
  }

  @Test
  void theConsumerIsWokenByEachItem() {
    writer.offer(new ControlItem.End(), 1);
    assertThat(writer.offer(new ControlItem.End(), 1)).isFalse();
    assertThat(consumerWoken).isEqualTo(1);
  }

  @Test
  void aProducerThatWaitsIsWokenOnceWhenThereIsAsMuchRoomAsItWants() {
    for (int i = 0; i < 4; i++) {
      writer.offer(new ControlItem.End(), 4);
    }
    reader.poll();
    assertThat(writer.awaitsRoom(2)).isTrue();
    assertThat(producerWoken).isZero();
    reader.poll();
    assertThat(producerWoken).isEqualTo(1);
    reader.poll();
    assertThat(producerWoken).isEqualTo(1);

    assertThat(writer.awaitsRoom(0)).isTrue();
    reader.poll();
    assertThat(producerWoken).as("it waits anew").isEqualTo(2);
    assertThat(writer.awaitsRoom(0)).isFalse();
    reader.poll();
    assertThat(producerWoken).isEqualTo(2);
  }

  @Test
  void feedbackArrivesInOrderAndWakesTheProducerUnlessItIsCredit() {
    reader.send(new Feedback.Credit(3));
    assertThat(producerWoken).isZero();
    reader.send(new Feedback.Question());
    reader.send(new Feedback.GivenUp());

    assertThat(producerWoken).isEqualTo(2);
    assertThat(writer.nextFeedback()).isEqualTo(new Feedback.Credit(3));
    assertThat(writer.nextFeedback()).isEqualTo(new Feedback.Question());
    assertThat(writer.nextFeedback()).isEqualTo(new Feedback.GivenUp());
    assertThat(writer.nextFeedback()).isNull();
  }

  @Test
  void aConsumerThatWaitsUntilItHasCaughtUpIsWoken() {
    writer.behind();
    writer.caughtUp();
    assertThat(consumerWoken).as("nobody waits").isZero();

    reader.awaitCatchUp();
    assertThat(reader.caughtUp()).isTrue();
    writer.behind();
    reader.awaitCatchUp();
    assertThat(reader.caughtUp()).isFalse();
    writer.caughtUp();
    assertThat(consumerWoken).isEqualTo(1);
    writer.behind();
    assertThat(reader.caughtUp()).as("what has come since does not count").isTrue();
    writer.caughtUp();
    assertThat(consumerWoken).isEqualTo(1);
  }
}
