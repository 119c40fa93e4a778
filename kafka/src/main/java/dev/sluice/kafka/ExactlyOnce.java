package dev.sluice.kafka;

import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.io.kafka.ProducerRecordCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.errorhandling.ErrorHandler;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Writes to Kafka exactly once: every record is in the topic once for readers that ask for
 * committed records, whatever fails in between.
 *
 * <pre>{@code
 * counts.apply(ExactlyOnce.of(
 *     KafkaIO.<String, Long>write()
 *         .withBootstrapServers("localhost:9092")
 *         .withTopic("counts")
 *         .withKeySerializer(StringSerializer.class)
 *         .withValueSerializer(LongSerializer.class)
 *         .withEOS(4, "counts-sink")));
 * }</pre>
 *
 * <p>What is written is what {@code KafkaIO} would write. {@code withEOS} gives the number of
 * shards, each with a producer of its own and at most as many as the topic has partitions, and a
 * consumer group that belongs to this sink of this job alone: its offsets are how far each shard
 * has come. Records with the same key keep their order. Records become visible when the checkpoint
 * that contains them is complete, so the checkpoint interval is what this sink adds to latency.
 */
public final class ExactlyOnce {
  private ExactlyOnce() {}

  /**
   * Writes keys and values as {@code write} says.
   *
   * @throws IllegalArgumentException if {@code write} lacks something, {@code withEOS} for instance
   */
  public static <K, V> PTransform<PCollection<KV<K, V>>, PDone> of(KafkaIO.Write<K, V> write) {
    return new OfPairs<>(checked(write.getWriteRecordsTransform(), true));
  }

  /**
   * Writes records as {@code write} says.
   *
   * @throws IllegalArgumentException if {@code write} lacks something, {@code withEOS} for instance
   */
  public static <K, V> PTransform<PCollection<ProducerRecord<K, V>>, PDone> of(
      KafkaIO.WriteRecords<K, V> write) {
    return new OfRecords<>(checked(write, false));
  }

  private static <K, V> KafkaIO.WriteRecords<K, V> checked(
      KafkaIO.WriteRecords<K, V> write, boolean needsTopic) {
    check(
        write.isEOS() && write.getNumShards() > 0 && write.getSinkGroupId() != null,
        "ExactlyOnce needs withEOS(numShards, sinkGroupId) with at least one shard: call it on the"
            + " write that it is given");
    check(
        write.getTopic() != null,
        needsTopic
            ? "ExactlyOnce needs withTopic(): the topic to write to"
            : "ExactlyOnce needs withTopic(), for records that name their topic too: the number of"
                + " shards is held against its partitions");
    check(
        write.getProducerConfig().containsKey("bootstrap.servers"),
        "ExactlyOnce needs withBootstrapServers()");
    check(
        write.getProducerFactoryFn() != null || write.getValueSerializer() != null,
        "ExactlyOnce needs withValueSerializer()");
    check(
        write.getBadRecordErrorHandler() == null
            || write.getBadRecordErrorHandler() instanceof ErrorHandler.DefaultErrorHandler,
        "ExactlyOnce takes no withBadRecordErrorHandler(): a record that cannot be written fails the"
            + " job; sort such records out in front of it");
    return write;
  }

  private static void check(boolean expected, String message) {
    if (!expected) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Keys and values to records of the one topic. */
  private static final class OfPairs<K, V> extends PTransform<PCollection<KV<K, V>>, PDone> {
    private final KafkaIO.WriteRecords<K, V> write;

    OfPairs(KafkaIO.WriteRecords<K, V> write) {
      this.write = write;
    }

    @Override
    public PDone expand(PCollection<KV<K, V>> pairs) {
      KvCoder<K, V> coder = (KvCoder<K, V>) pairs.getCoder();
      return pairs
          .apply("Records", ParDo.of(new ToRecord<>(write.getTopic())))
          .setCoder(
              ProducerRecordCoder.of(
                  NullableCoder.of(coder.getKeyCoder()), NullableCoder.of(coder.getValueCoder())))
          .apply("Write", new OfRecords<>(write));
    }
  }

  private static final class ToRecord<K, V> extends DoFn<KV<K, V>, ProducerRecord<K, V>> {
    private final String topic;

    ToRecord(String topic) {
      this.topic = topic;
    }

    @ProcessElement
    public void process(@Element KV<K, V> pair, OutputReceiver<ProducerRecord<K, V>> out) {
      out.output(new ProducerRecord<>(topic, pair.getKey(), pair.getValue()));
    }
  }

  /** The three steps; see the package. */
  private static final class OfRecords<K, V>
      extends PTransform<PCollection<ProducerRecord<K, V>>, PDone> {
    private final KafkaIO.WriteRecords<K, V> write;

    OfRecords(KafkaIO.WriteRecords<K, V> write) {
      this.write = write;
    }

    @Override
    public PDone expand(PCollection<ProducerRecord<K, V>> records) {
      Coder<ProducerRecord<K, V>> coder = records.getCoder();
      ShardWriter.Settings<K, V> settings = ShardWriter.Settings.of(write);
      records
          .apply("Assign shard", ParDo.of(new AssignShard<>(write)))
          .setCoder(KvCoder.of(VarIntCoder.of(), coder))
          // State would be kept by window otherwise, and numbers with it.
          .apply("One window", Window.into(new GlobalWindows()))
          .apply("Assign number", ParDo.of(new AssignNumber<>()))
          .setCoder(KvCoder.of(VarIntCoder.of(), new NumberedCoder<>(coder)))
          .apply("Write numbered", ParDo.of(new WriteNumbered<>(settings)));
      return PDone.in(records.getPipeline());
    }
  }
}
