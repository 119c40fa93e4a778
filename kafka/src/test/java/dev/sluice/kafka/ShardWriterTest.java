package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.Test;

/** How many records a transaction has. */
final class ShardWriterTest {
  private static final String TOPIC = "topic";

  private final MockProducer<Long, Long> producer =
      new MockProducer<>(true, new LongSerializer(), new LongSerializer());

  private ShardWriter<Long, Long> open() {
    return ShardWriter.open(
        new ShardWriter.Settings<>(
            TOPIC, "group", 1, new HashMap<>(), config -> producer, config -> consumer()),
        0,
        0);
  }

  private static MockConsumer<byte[], byte[]> consumer() {
    MockConsumer<byte[], byte[]> consumer = new MockConsumer<>(OffsetResetStrategy.EARLIEST);
    Node node = new Node(1, "localhost", 1);
    consumer.updatePartitions(
        TOPIC, List.of(new PartitionInfo(TOPIC, 0, node, new Node[] {node}, new Node[] {node})));
    return consumer;
  }

  private static void write(ShardWriter<Long, Long> writer, long from, long to) {
    for (long number = from; number < to; number++) {
      writer.write(new Numbered<>("writer", number, new ProducerRecord<>(TOPIC, number, number)));
    }
  }

  @Test
  void aLargeBundleIsSeveralTransactions() {
    int most = ShardWriter.MOST_IN_TRANSACTION;
    ShardWriter<Long, Long> writer = open();
    write(writer, 0, most - 1);
    assertThat(producer.commitCount()).isZero();
    write(writer, most - 1, 2L * most + 5);
    assertThat(producer.commitCount()).isEqualTo(2);
    assertThat(producer.history()).hasSize(2 * most);
    writer.commit();
    assertThat(producer.commitCount()).isEqualTo(3);
    assertThat(producer.history()).hasSize(2 * most + 5);
  }
}
