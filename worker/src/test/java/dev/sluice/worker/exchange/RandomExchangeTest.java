package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.record.Batch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.metrics.NoOpCounter;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * All that producers and consumers send to each other, in random order: over a channel that passes
 * by reference, and over one that copies everything and lets it wait, so that an end knows nothing
 * of the other but what has arrived.
 */
class RandomExchangeTest {
  private static final int SEEDS = 300;
  private static final int TURNS = 800;
  private static final int PRODUCERS = 3;
  private static final int CONSUMERS = 2;
  private static final long SLOW_NANOS = 80_000_000;

  @ParameterizedTest
  @EnumSource(ChannelKind.class)
  void everythingArrivesAndEveryRequestIsAnswered(ChannelKind kind) {
    int blocked = 0;
    int answered = 0;
    int caughtUp = 0;
    int barriers = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Run run = new Run(seed, kind);
      run.play();
      blocked += run.blocked;
      for (Consumer consumer : run.consumers) {
        answered += consumer.answered;
        caughtUp += consumer.caughtUp;
        barriers += (int) consumer.barrier;
      }
    }
    assertThat(List.of(blocked, answered, caughtUp, barriers)).allMatch(count -> count > SEEDS);
  }

  /** A task that writes numbers, each with itself as its time. */
  private static final class Producer {
    final ExchangeWriter writer;
    final int index;
    final long[] writtenTo = new long[CONSUMERS];
    long count;
    long watermarkMs = Long.MIN_VALUE;
    long checkpoint;

    Producer(ExchangeWriter writer, int index) {
      this.writer = writer;
      this.index = index;
      Arrays.fill(writtenTo, -1);
    }

    /** The next number; those of different producers differ. */
    long number() {
      return count * PRODUCERS + index;
    }

    void write() {
      long number = number();
      writer.receive(number, number, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
      writtenTo[(int) ((index + count) % CONSUMERS)] = number;
      count++;
    }

    void noteWatermark() {
      watermarkMs = number();
      writer.watermark(watermarkMs, false);
    }
  }

  /** A task that reads them. */
  private static final class Consumer implements InputGate.Consumer {
    final InputGate gate;
    final String name;
    final long[] last = new long[PRODUCERS];
    long[] atQuestion;
    long[] watermarksMs;
    boolean marked;
    long barrier;
    int answered;
    int caughtUp;
    boolean gone;

    Consumer(InputGate gate, String name) {
      this.gate = gate;
      this.name = name;
      Arrays.fill(last, -1);
    }

    @Override
    public void batch(Exchange exchange, Batch batch) {
      for (int i = 0; i < batch.size(); i++) {
        long number = (long) batch.value(i);
        int producer = (int) (number % PRODUCERS);
        assertThat(number).as(name).isGreaterThan(last[producer]);
        assertThat(number).as(name).isEqualTo(batch.timestampMs(i));
        assertThat(number).as(name).isGreaterThanOrEqualTo(gate.watermarkMs());
        last[producer] = number;
      }
    }

    @Override
    public void sideBatch(Exchange exchange, Batch batch) {
      throw new AssertionError("there is no side input");
    }

    @Override
    public void barrier(long checkpoint, Barrier kind) {
      assertThat(checkpoint).as(name).isGreaterThan(barrier);
      barrier = checkpoint;
    }

    void hasAll(long[] numbers) {
      for (int p = 0; p < PRODUCERS; p++) {
        assertThat(last[p]).as(name).isGreaterThanOrEqualTo(numbers[p]);
      }
    }

    void look() {
      if (atQuestion != null && gate.answered()) {
        hasAll(atQuestion);
        atQuestion = null;
        answered++;
      }
      if (watermarksMs != null && !marked && gate.caughtUp()) {
        marked = true;
        gate.mark();
      }
      if (marked && gate.passedMark() && !gate.aligns()) {
        long least = Arrays.stream(watermarksMs).min().getAsLong();
        assertThat(gate.watermarkMs()).as(name).isGreaterThanOrEqualTo(least);
        watermarksMs = null;
        marked = false;
        caughtUp++;
      }
    }
  }

  /** One order of things. */
  private static final class Run {
    final Random random;
    final List<TestChannel> channels = new ArrayList<>();
    final List<Producer> producers = new ArrayList<>();
    final List<Consumer> consumers = new ArrayList<>();
    final boolean oneGivesUp;
    long checkpoint;
    long nanos;
    int blocked;

    Run(int seed, ChannelKind kind) {
      this.random = new Random(seed);
      this.oneGivesUp = random.nextInt(4) == 0;
      for (int c = 0; c < CONSUMERS; c++) {
        consumers.add(new Consumer(new InputGate(this::later), "consumer " + c + ", seed " + seed));
      }
      Exchange exchange = Taken.exchange("x", Exchange.Kind.REBALANCE);
      for (int p = 0; p < PRODUCERS; p++) {
        List<ChannelWriter> writers = new ArrayList<>();
        for (Consumer consumer : consumers) {
          TestChannel channel = kind.open();
          channels.add(channel);
          writers.add(channel.writer());
          consumer.gate.add(exchange, channel.reader(), NoOpCounter.getInstance());
        }
        BatchSize size = new BatchSize(VarLongCoder.of());
        producers.add(
            new Producer(new ExchangeWriter(exchange, writers, null, size, p, Run::rest), p));
      }
    }

    /** Some batches take long. */
    private long later() {
      nanos += random.nextBoolean() ? SLOW_NANOS : 0;
      return nanos;
    }

    private static void rest() {
      throw new AssertionError("nobody writes without room");
    }

    private void deliver() {
      channels.get(random.nextInt(channels.size())).deliver(random.nextBoolean());
    }

    private void produce(Producer producer) {
      if (!producer.writer.flush()) {
        blocked++;
        return;
      }
      switch (random.nextInt(6)) {
        case 0 -> producer.noteWatermark();
        case 1 -> {
          if (producer.checkpoint == checkpoint) {
            checkpoint++;
          }
          producer.writer.barrier(++producer.checkpoint, Barrier.SAVE);
        }
        case 2 -> {
          if (producer.writer.asked()) {
            producer.writer.answer();
          }
        }
        default -> {
          producer.write();
          producer.write();
        }
      }
    }

    private void consume(Consumer consumer) {
      if (consumer.gone) {
        return;
      }
      consumer.gate.take(consumer);
      consumer.look();
      if (consumer.atQuestion == null && random.nextInt(8) == 0) {
        consumer.atQuestion = written(consumer);
        consumer.gate.ask();
      }
      if (consumer.watermarksMs == null && random.nextInt(8) == 0) {
        consumer.watermarksMs =
            producers.stream().mapToLong(producer -> producer.watermarkMs).toArray();
        consumer.gate.awaitCatchUp();
      }
    }

    private long[] written(Consumer consumer) {
      int index = consumers.indexOf(consumer);
      return producers.stream().mapToLong(producer -> producer.writtenTo[index]).toArray();
    }

    void play() {
      for (int turn = 0; turn < TURNS; turn++) {
        switch (random.nextInt(4)) {
          case 0 -> produce(producers.get(random.nextInt(PRODUCERS)));
          case 1 -> consume(consumers.get(random.nextInt(CONSUMERS)));
          default -> deliver();
        }
        if (oneGivesUp && turn == TURNS / 2) {
          consumers.get(0).gone = true;
          consumers.get(0).gate.abandon();
        }
      }
      List<Producer> open = new ArrayList<>(producers);
      while (!open.isEmpty() || !haveEnded()) {
        open.removeIf(this::end);
        producers.forEach(producer -> producer.writer.flush());
        consumers.forEach(this::consume);
        deliver();
      }
      checkEnd();
    }

    private boolean haveEnded() {
      return consumers.stream().allMatch(consumer -> consumer.gone || consumer.gate.allEnded());
    }

    private boolean end(Producer producer) {
      if (!producer.writer.flush()) {
        return false;
      }
      while (producer.checkpoint < checkpoint) {
        producer.writer.barrier(++producer.checkpoint, Barrier.SAVE);
      }
      producer.writer.watermark(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis(), false);
      producer.writer.end();
      return true;
    }

    private void checkEnd() {
      for (Consumer consumer : consumers) {
        if (!consumer.gone) {
          consumer.hasAll(written(consumer));
          consumer.look();
          assertThat(consumer.atQuestion).as(consumer.name).isNull();
          assertThat(consumer.watermarksMs).as(consumer.name).isNull();
        }
      }
      if (!oneGivesUp) {
        assertThat(consumers.stream().mapToLong(consumer -> consumer.gate.received()).sum())
            .as(consumers.get(0).name)
            .isEqualTo(producers.stream().mapToLong(producer -> producer.writer.sent()).sum());
      }
    }
  }
}
