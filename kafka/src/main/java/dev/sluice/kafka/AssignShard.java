package dev.sluice.kafka;

import java.util.Arrays;
import java.util.Objects;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.KafkaPublishTimestampFunction;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;
import org.joda.time.Instant;

/**
 * Completes each record with its topic and time, and gives it a shard: that of its key, or the next
 * one in turn if it has none.
 *
 * <p>Owned by one task. The key is hashed as it is serialized, so that it has the same shard in
 * every process.
 */
final class AssignShard<K, V>
    extends DoFn<ProducerRecord<K, V>, KV<Integer, ProducerRecord<K, V>>> {
  private final KafkaIO.WriteRecords<K, V> write;
  private transient Serializer<K> keys;
  private transient int turn;

  AssignShard(KafkaIO.WriteRecords<K, V> write) {
    this.write = write;
  }

  @Setup
  public void setup() throws ReflectiveOperationException {
    Class<? extends Serializer<K>> serializer = write.getKeySerializer();
    if (serializer != null) {
      keys = serializer.getDeclaredConstructor().newInstance();
      keys.configure(write.getProducerConfig(), true);
    }
  }

  @Teardown
  public void teardown() {
    if (keys != null) {
      keys.close();
    }
  }

  @ProcessElement
  public void process(
      @Element ProducerRecord<K, V> record,
      @Timestamp Instant time,
      OutputReceiver<KV<Integer, ProducerRecord<K, V>>> out) {
    String topic = record.topic() == null ? write.getTopic() : record.topic();
    KafkaPublishTimestampFunction<ProducerRecord<K, V>> times = write.getPublishTimestampFunction();
    Long timeMs =
        times == null ? record.timestamp() : (Long) times.getTimestamp(record, time).getMillis();
    out.output(
        KV.of(
            shard(topic, record.key()),
            new ProducerRecord<>(
                topic,
                record.partition(),
                timeMs,
                record.key(),
                record.value(),
                record.headers())));
  }

  private int shard(String topic, K key) {
    int hash;
    if (key == null) {
      hash = turn++;
    } else if (keys == null) {
      hash = Arrays.deepHashCode(new Object[] {key});
    } else {
      byte[] bytes = keys.serialize(topic, key);
      hash = bytes == null ? Objects.hashCode(key) : Utils.murmur2(bytes);
    }
    return Math.floorMod(hash, write.getNumShards());
  }
}
