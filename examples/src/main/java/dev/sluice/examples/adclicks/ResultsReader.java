package dev.sluice.examples.adclicks;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the pipeline's results back from their topic, in a thread of its own, from where the topic
 * ended when the reader was made. What is written in transactions counts when it is committed.
 */
final class ResultsReader implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);

  private final KafkaConsumer<byte[], String> consumer;
  private final Results results = new Results();
  private final Thread thread = new Thread(this::run, "results-reader");
  private volatile boolean stopped;
  private volatile Exception failure;

  ResultsReader(String bootstrapServers, TopicPartitions topic) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
                ByteArrayDeserializer.class,
                ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
                StringDeserializer.class,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed",
                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                false,
                ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                10_000));
    List<TopicPartition> partitions =
        IntStream.range(0, topic.partitions())
            .mapToObj(partition -> new TopicPartition(topic.topic(), partition))
            .toList();
    consumer.assign(partitions);
    seekToEnd(partitions);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  Results results() {
    return results;
  }

  /** Why it stopped before it was asked to, or null. */
  Exception failure() {
    return failure;
  }

  @Override
  public void close() {
    stopped = true;
    consumer.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }

  private void seekToEnd(Collection<TopicPartition> partitions) {
    consumer.seekToEnd(partitions);
    // Seeking is lazy: asking for the position makes it happen now, before the pipeline writes.
    partitions.forEach(consumer::position);
  }

  private void run() {
    try {
      while (!stopped) {
        for (ConsumerRecord<byte[], String> record : consumer.poll(POLL)) {
          results.add(ClickCount.parse(record.value()));
        }
      }
    } catch (WakeupException e) {
      // Told to stop.
      return;
    } catch (RuntimeException e) {
      failure = e;
    }
  }
}
