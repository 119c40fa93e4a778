package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.SluicePipelineOptions;
import dev.sluice.runner.SluiceRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.metrics.Lineage;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.joda.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every record is in the topic once, on a real broker, whatever fails in between. */
@Timeout(120)
final class ExactlyOnceTest {
  private static final int SHARDS = 3;
  private static final int RECORDS = 3_000;

  private static KafkaBroker broker;

  @TempDir Path temp;
  private String topic;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void makeTopic(TestInfo test) throws Exception {
    topic = test.getTestMethod().orElseThrow().getName();
    CrashingProducer.CRASHED.remove(topic);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin.createTopics(List.of(new NewTopic(topic, SHARDS, (short) 1))).all().get();
    }
  }

  @Test
  void withoutFaults() {
    assertThat(run(write()).waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(committed()).isEqualTo(expected());
  }

  @Test
  void aCrashAfterTheFirstCommitOfEachShard() {
    String crashing = topic;
    assertThat(
            run(write().withProducerFactoryFn(config -> CrashingProducer.of(crashing, config)))
                .waitUntilFinish())
        .isEqualTo(PipelineResult.State.DONE);
    assertThat(CrashingProducer.CRASHED.get(topic)).hasSize(SHARDS);
    assertThat(committed()).isEqualTo(expected());
  }

  /** What KafkaIOTest#testExactlyOnceSink shows on a mock. */
  @SuppressWarnings("deprecation") // What replaces it is for records with topics of their own.
  @Test
  void publishesTheTimesAndTheLineageThatAreAskedFor() {
    PipelineResult result =
        run(write().withPublishTimestampFunction((record, time) -> at(record.getValue())));

    assertThat(result.waitUntilFinish()).isEqualTo(PipelineResult.State.DONE);
    assertThat(committed()).isEqualTo(expected());
    assertThat(records()).allMatch(record -> record.timestamp() == at(record.value()).getMillis());
    assertThat(Lineage.query(result.metrics(), Lineage.Type.SINK))
        .containsExactly("kafka:`" + broker.bootstrapServers() + "`." + topic);
  }

  private static Instant at(long value) {
    return new Instant(1_700_000_000_000L + value);
  }

  /** What KafkaIOTest#testExactlyOnceSinkWithSendException shows on a mock. */
  @Test
  void aSendThatFailsFailsTheJob() {
    assertThatThrownBy(
            () -> run(write().withProducerFactoryFn(RefusingProducer::new), 1).waitUntilFinish())
        .hasRootCauseInstanceOf(KafkaException.class)
        .hasStackTraceContaining("no send, as told");
    assertThat(committed()).isEmpty();
  }

  @Test
  void moreShardsThanPartitions() {
    assertThatThrownBy(() -> run(write().withEOS(40, topic), 1).waitUntilFinish())
        .hasStackTraceContaining("has 3 partitions, too few for withEOS(40");
  }

  @Test
  void withoutEos() {
    assertThatThrownBy(() -> ExactlyOnce.of(KafkaIO.<Long, Long>write().withTopic("t")))
        .hasMessageContaining("needs withEOS");
  }

  private KafkaIO.Write<Long, Long> write() {
    return KafkaIO.<Long, Long>write()
        .withBootstrapServers(broker.bootstrapServers())
        .withTopic(topic)
        .withKeySerializer(LongSerializer.class)
        .withValueSerializer(LongSerializer.class)
        .withEOS(SHARDS, topic);
  }

  private PipelineResult run(KafkaIO.Write<Long, Long> write) {
    return run(write, 10);
  }

  private PipelineResult run(KafkaIO.Write<Long, Long> write, int restartAttempts) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--streaming=true",
                "--parallelism=2",
                "--checkpointIntervalMs=200",
                "--restartAttempts=" + restartAttempts,
                "--checkpointStorage=" + temp)
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName(topic);
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(GenerateSequence.from(0).to(RECORDS))
        .apply(WithKeys.of((Long n) -> n % 17).withKeyType(TypeDescriptors.longs()))
        .apply(ExactlyOnce.of(write));
    return pipeline.run();
  }

  private static List<Long> expected() {
    return LongStream.range(0, RECORDS).boxed().toList();
  }

  /** The values in the topic for readers that ask for committed records, sorted. */
  private List<Long> committed() {
    return records().stream().map(ConsumerRecord::value).sorted().toList();
  }

  private List<ConsumerRecord<Long, Long>> records() {
    List<ConsumerRecord<Long, Long>> records = new ArrayList<>();
    try (KafkaConsumer<Long, Long> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new LongDeserializer(),
            new LongDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        for (ConsumerRecord<Long, Long> record : consumer.poll(Duration.ofSeconds(1))) {
          assertThat(record.key()).isEqualTo(record.value() % 17);
          records.add(record);
        }
      }
    }
    return records;
  }

  /** Commits its first transaction and fails then, so that no checkpoint knows of the commit. */
  static final class CrashingProducer extends KafkaProducer<Long, Long> {
    /** Transactional ids that have crashed, by topic. */
    static final Map<String, Set<String>> CRASHED = new ConcurrentHashMap<>();

    private final String topic;
    private final String id;

    private CrashingProducer(String topic, Map<String, Object> config) {
      super(config);
      this.topic = topic;
      this.id = (String) config.get(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    }

    static Producer<Long, Long> of(String topic, Map<String, Object> config) {
      return new CrashingProducer(topic, config);
    }

    @Override
    public void commitTransaction() {
      super.commitTransaction();
      if (CRASHED.computeIfAbsent(topic, any -> ConcurrentHashMap.newKeySet()).add(id)) {
        throw new IllegalStateException("crashed after its first commit, as told");
      }
    }
  }

  /** Cannot send. */
  static final class RefusingProducer extends KafkaProducer<Long, Long> {
    private RefusingProducer(Map<String, Object> config) {
      super(config);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Long, Long> record) {
      throw new KafkaException("no send, as told");
    }
  }
}
