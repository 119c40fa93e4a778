package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.record.Batch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.metrics.NoOpCounter;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;

class BatchSizeTest {
  private static List<Integer> batches(Coder<?> coder, List<?> values) {
    LocalChannel channel = new LocalChannel(() -> {}, () -> {});
    ChannelReader reader = channel.reader();
    List<Integer> sizes = new ArrayList<>();
    Outlet outlet =
        new Outlet(channel.writer(), new BatchSize(coder), () -> takeAll(reader, sizes));
    for (Object value : values) {
      outlet.add(value, 0, false, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
    }
    takeAll(reader, sizes);
    return sizes;
  }

  private static void takeAll(ChannelReader channel, List<Integer> sizes) {
    for (Object item = channel.poll(); item != null; item = channel.poll()) {
      if (item instanceof Batch batch) {
        sizes.add(batch.size());
        channel.giveBack(batch);
      }
    }
  }

  private static List<byte[]> arrays(int count, int bytes) {
    List<byte[]> arrays = new ArrayList<>();
    byte[] array = new byte[bytes];
    for (int i = 0; i < count; i++) {
      arrays.add(array);
    }
    return arrays;
  }

  @Test
  void smallRecordsFillTheBatchAfterAFewBatches() {
    assertThat(batches(ByteArrayCoder.of(), arrays(16 + 64 + 256 + 2048, 8)))
        .containsExactly(16, 64, 256, 1024, 1024);
  }

  @Test
  void aBatchOfLargerRecordsEndsAtItsBytes() {
    assertThat(batches(ByteArrayCoder.of(), arrays(640, 4096)).subList(1, 10))
        .allSatisfy(size -> assertThat(size).isEqualTo(63));
  }

  @Test
  void aHugeRecordIsABatchOfItsOwnAndSmallOnesAfterItAreNot() {
    List<byte[]> values = new ArrayList<>(arrays(16 + 3, 1 << 20));
    values.addAll(arrays(1 + 4 + 16, 8));
    assertThat(batches(ByteArrayCoder.of(), values)).containsExactly(16, 1, 1, 1, 1, 4, 16);
  }

  @Test
  void noMoreOfAHugeRecordIsEncodedThanItTakesToTell() {
    int[] read = new int[1];
    Iterable<Integer> endless =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                return true;
              }

              @Override
              public Integer next() {
                return read[0]++;
              }
            };
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < 17; i++) {
      values.add(endless);
    }
    assertThat(batches(IterableCoder.of(BigEndianIntegerCoder.of()), values))
        .containsExactly(16, 1);
    assertThat(read[0]).isLessThan(200_000);
  }

  @Test
  void aSlowConsumerHasTwoBatchesInItsChannelAndAFastOneSixteen() {
    for (long nanos : new long[] {90_000_000, 1_000}) {
      AtomicLong now = new AtomicLong();
      InputGate gate = new InputGate(now::get);
      LocalChannel channel = new LocalChannel(() -> {}, () -> {});
      gate.add(
          Taken.exchange("a", Exchange.Kind.FORWARD), channel.reader(), NoOpCounter.getInstance());
      Outlet outlet =
          new Outlet(channel.writer(), new BatchSize(BigEndianIntegerCoder.of()), () -> {});
      for (int i = 0; i < 64; i++) {
        assertThat(sendsOne(outlet)).isTrue();
        gate.take(new Slow(now, nanos));
      }
      int room = 0;
      while (sendsOne(outlet)) {
        room++;
      }
      assertThat(room).isEqualTo(nanos > 1_000_000 ? 2 : 16);
    }
  }

  private static boolean sendsOne(Outlet outlet) {
    outlet.add(1, 0, false, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
    return outlet.flush();
  }

  /** Takes as long for each batch as it is told. */
  private record Slow(AtomicLong now, long nanos) implements InputGate.Consumer {
    @Override
    public void batch(Exchange exchange, Batch batch) {
      now.addAndGet(nanos);
    }

    @Override
    public void sideBatch(Exchange exchange, Batch batch) {}

    @Override
    public void barrier(long checkpoint, Barrier barrier) {}
  }
}
