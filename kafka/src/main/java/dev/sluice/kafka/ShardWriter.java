package dev.sluice.kafka;

import java.io.Serializable;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Writes one shard to Kafka in transactions, and knows from Kafka where the shard stands.
 *
 * <p>Owned by the task that opens it. Each transaction commits, as the offset that the sink's group
 * has in the partition of the shard's number, the next number to write, with the writer's name as
 * metadata. It is read after the producer has fenced every older one of this shard, so nobody can
 * move it any more: what is below it is skipped, everything else is written.
 */
final class ShardWriter<K, V> {
  /** Stands before the writer's name in the metadata of an offset. */
  private static final String MARK = "sluice-1:";

  private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(5);

  /**
   * A transaction has no more records: a broker aborts one that lasts for longer than a minute, and
   * a bundle may be large.
   */
  static final int MOST_IN_TRANSACTION = 10_000;

  private final Settings<K, V> settings;
  private final TopicPartition position;
  private final Producer<K, V> producer;
  private String writer; // null: nobody has written to this shard
  private long next;
  private boolean inTransaction;
  private int written; // in the open transaction

  private ShardWriter(Settings<K, V> settings, TopicPartition position, Producer<K, V> producer) {
    this.settings = settings;
    this.position = position;
    this.producer = producer;
  }

  /**
   * Fences who wrote this shard before, and reads how far that one came.
   *
   * @param writtenBefore the next number when the state was saved; 0 if there was none
   */
  static <K, V> ShardWriter<K, V> open(Settings<K, V> settings, int shard, long writtenBefore) {
    TopicPartition position = new TopicPartition(settings.topic(), shard);
    ShardWriter<K, V> writer = new ShardWriter<>(settings, position, settings.producer(shard));
    try {
      writer.producer.initTransactions();
      writer.readPosition(writtenBefore);
      return writer;
    } catch (RuntimeException | Error e) {
      writer.close();
      throw e;
    }
  }

  private void readPosition(long writtenBefore) {
    OffsetAndMetadata committed;
    try (Consumer<?, ?> consumer = settings.consumer()) {
      List<PartitionInfo> partitions = consumer.partitionsFor(position.topic());
      if (partitions == null || partitions.size() <= position.partition()) {
        throw new IllegalStateException(
            "the topic %s has %d partitions, too few for withEOS(%d, ...): use no more shards than partitions"
                .formatted(
                    position.topic(),
                    partitions == null ? 0 : partitions.size(),
                    settings.shards()));
      }
      committed = consumer.committed(Set.of(position)).get(position);
    }
    if (committed != null) {
      if (!committed.metadata().startsWith(MARK)) {
        throw new IllegalStateException(
            "the group %s has an offset in %s that no such sink has committed (\"%s\"): give withEOS"
                    .formatted(settings.group(), position, committed.metadata())
                + " a group id that nobody else uses");
      }
      writer = committed.metadata().substring(MARK.length());
      next = committed.offset();
    } else if (writtenBefore > 0) {
      throw new IllegalStateException(
          "%d records of shard %s were written, but the offsets of group %s are gone (deleted, or"
                  .formatted(writtenBefore, position, settings.group())
              + " expired: see offsets.retention.minutes of the broker), so nobody knows how many"
              + " more: look into the topic, then start the job with --fresh");
    }
  }

  /** Writes a record into the open transaction, unless it has been committed before. */
  void write(Numbered<ProducerRecord<K, V>> record) {
    if (!record.writer().equals(writer)) {
      takeOver(record);
    }
    if (record.number() < next) {
      return;
    }
    if (record.number() > next) {
      throw new IllegalStateException(
          "shard %s stands at %d, but record %d came: it follows from a checkpoint that is newer than"
                  .formatted(position, next, record.number())
              + " what is in Kafka; was the group "
              + settings.group()
              + " reset?");
    }
    if (!inTransaction) {
      producer.beginTransaction();
      inTransaction = true;
    }
    // A send that fails makes the commit fail.
    Future<RecordMetadata> unused = producer.send(record.value());
    next++;
    if (++written == MOST_IN_TRANSACTION) {
      commit();
    }
  }

  /**
   * Another job wrote to this shard before: only one that begins with its first record may follow.
   */
  private void takeOver(Numbered<ProducerRecord<K, V>> record) {
    if (record.number() != 0) {
      throw new IllegalStateException(
          "shard %s of group %s was last written by another run of this job (writer %s, this one is"
                  .formatted(position, settings.group(), writer)
              + " %s and at record %d): resume from that run's checkpoint, or give withEOS a new group"
                  .formatted(record.writer(), record.number())
              + " id");
    }
    commit();
    writer = record.writer();
    next = 0;
  }

  /** Commits what was written since the last commit, and where the shard now stands. */
  void commit() {
    if (!inTransaction) {
      return;
    }
    producer.sendOffsetsToTransaction(
        Map.of(position, new OffsetAndMetadata(next, MARK + writer)),
        new ConsumerGroupMetadata(settings.group()));
    producer.commitTransaction();
    inTransaction = false;
    written = 0;
  }

  /** Lets go of the producer; a transaction that is open is never committed. */
  void close() {
    producer.close(inTransaction ? Duration.ZERO : CLOSE_PATIENCE);
  }

  /**
   * How to reach Kafka: what the user gave to {@code KafkaIO}.
   *
   * @param topic the topic in whose partitions positions are kept
   * @param group the consumer group that they belong to
   * @param producers makes producers, or null for Kafka's own
   * @param consumers makes consumers, or null for Kafka's own
   */
  record Settings<K, V>(
      String topic,
      String group,
      int shards,
      HashMap<String, Object> config,
      SerializableFunction<Map<String, Object>, Producer<K, V>> producers,
      SerializableFunction<Map<String, Object>, ? extends Consumer<?, ?>> consumers)
      implements Serializable {

    static <K, V> Settings<K, V> of(KafkaIO.WriteRecords<K, V> write) {
      HashMap<String, Object> config = new HashMap<>(write.getProducerConfig());
      config.computeIfAbsent(
          ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, name -> write.getKeySerializer());
      config.computeIfAbsent(
          ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, name -> write.getValueSerializer());
      return new Settings<>(
          write.getTopic(),
          write.getSinkGroupId(),
          write.getNumShards(),
          config,
          write.getProducerFactoryFn(),
          write.getConsumerFactoryFn());
    }

    /** By which the lineage names the broker. */
    String servers() {
      return String.valueOf(config.get(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG));
    }

    private Producer<K, V> producer(int shard) {
      Map<String, Object> settings = new HashMap<>(config);
      settings.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, group + "-" + shard);
      settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
      settings.put(ProducerConfig.ACKS_CONFIG, "all");
      return producers == null ? new KafkaProducer<>(settings) : producers.apply(settings);
    }

    private Consumer<?, ?> consumer() {
      Map<String, Object> settings = new HashMap<>(config);
      Set<String> ofProducers = ProducerConfig.configNames();
      Set<String> ofConsumers = ConsumerConfig.configNames();
      settings.keySet().removeIf(key -> ofProducers.contains(key) && !ofConsumers.contains(key));
      settings.put(ConsumerConfig.GROUP_ID_CONFIG, group);
      settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
      // Waits for offsets whose transaction is still being completed.
      settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
      settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
      settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
      return consumers == null ? new KafkaConsumer<>(settings) : consumers.apply(settings);
    }
  }
}
