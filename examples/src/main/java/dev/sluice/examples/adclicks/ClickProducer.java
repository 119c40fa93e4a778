package dev.sluice.examples.adclicks;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.common.serialization.VoidSerializer;

/**
 * Sends clicks to a topic at a steady rate and keeps account of them, in a thread of its own.
 *
 * <p>Clicks go to the partitions in turn, so the order within the topic is not theirs either. After
 * {@link #finish} every click in the account has been acknowledged by the broker.
 */
final class ClickProducer implements AutoCloseable {
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final KafkaProducer<Void, String> producer;
  private final String topic;
  private final int partitions;
  private final int clicksPerSecond;
  private final ClickGenerator generator;
  private final EventClock clock;
  private final ProducedClicks produced = new ProducedClicks();
  private final Thread thread = new Thread(this::run, "click-producer");
  private volatile boolean stopped;
  private volatile Exception failure;

  /** Prepares it; {@link #start} starts it. */
  ClickProducer(
      String bootstrapServers,
      TopicPartitions target,
      int clicksPerSecond,
      ClickGenerator generator,
      EventClock clock) {
    this.topic = target.topic();
    this.partitions = target.partitions();
    this.clicksPerSecond = clicksPerSecond;
    this.generator = generator;
    this.clock = clock;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                VoidSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.LINGER_MS_CONFIG,
                5,
                ProducerConfig.BATCH_SIZE_CONFIG,
                64 * 1024,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                20_000,
                ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                5_000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                10_000));
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** What has been sent so far. */
  ProducedClicks produced() {
    return produced;
  }

  /** Why it stopped before it was asked to, or null. */
  Exception failure() {
    return failure;
  }

  /** Stops producing and waits until the broker has acknowledged everything. */
  void finish() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  /** Stops at once; what is not acknowledged by then may be lost. */
  @Override
  public void close() {
    stopped = true;
    producer.close(Duration.ZERO);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      long sent = 0;
      while (!stopped && failure == null) {
        long now = System.nanoTime();
        long due = (now - clock.startNanos()) * clicksPerSecond / TimeUnit.SECONDS.toNanos(1);
        for (; sent < due && !stopped; sent++) {
          send(generator.next(clock.at(System.nanoTime())), (int) (sent % partitions));
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
      producer.flush();
    } catch (RuntimeException e) {
      failure = e;
    }
  }

  private void send(Click click, int partition) {
    Future<RecordMetadata> unused = // the outcome goes to the callback
        producer.send(
            new ProducerRecord<>(topic, partition, null, click.toLine()),
            (metadata, e) -> {
              if (e != null) {
                failure = e;
              }
            });
    produced.add(click);
  }
}
