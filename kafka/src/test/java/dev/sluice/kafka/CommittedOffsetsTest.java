package dev.sluice.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.SluicePipelineOptions;
import dev.sluice.runner.SluicePipelineResult;
import dev.sluice.runner.SluiceRunner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The group's offsets move with complete checkpoints, and with nothing else. */
@Timeout(120)
final class CommittedOffsetsTest {
  private static final String TOPIC = "numbers";
  private static final String GROUP = "readers";
  private static final long RECORDS = 500;

  /** Counted down by each record that is the last one of its attempt. */
  private static final CountDownLatch FIRST_ATTEMPT = new CountDownLatch(1);

  private static final CountDownLatch SECOND_ATTEMPT = new CountDownLatch(1);

  private static KafkaBroker broker;
  private static Admin admin;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.start();
    admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    try (KafkaProducer<Long, Long> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.bootstrapServers()),
            new LongSerializer(),
            new LongSerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      for (long number = 0; number < RECORDS; number++) {
        sent.add(producer.send(new ProducerRecord<>(TOPIC, number, number)));
      }
      for (Future<RecordMetadata> each : sent) {
        each.get();
      }
    }
  }

  @AfterAll
  static void stop() {
    admin.close();
    broker.close();
  }

  @Test
  void offsetsWaitForTheCheckpoint() throws Exception {
    SluicePipelineResult job = run();
    assertThat(FIRST_ATTEMPT.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(SECOND_ATTEMPT.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(committed()).as("all was read twice, but no checkpoint is complete").isZero();

    job.savepoint(temp.resolve("savepoint").toString());
    while (committed() == 0) {
      // The reader commits with its next poll; the test's limit ends a wait for ever.
      broker.check();
    }
    assertThat(committed()).isEqualTo(RECORDS);
    job.cancel();
  }

  private SluicePipelineResult run() {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(
                "--parallelism=1",
                "--checkpointIntervalMs=3600000",
                "--checkpointStorage=" + temp.resolve("checkpoints"))
            .as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    options.setJobName("offsets");
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(
            KafkaIO.<Long, Long>read()
                .withBootstrapServers(broker.bootstrapServers())
                .withTopic(TOPIC)
                .withKeyDeserializer(LongDeserializer.class)
                .withValueDeserializer(LongDeserializer.class)
                .withConsumerConfigUpdates(
                    Map.of(
                        ConsumerConfig.GROUP_ID_CONFIG,
                        GROUP,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest"))
                .commitOffsetsInFinalize()
                .withoutMetadata())
        .apply(ParDo.of(new FailsOnceAtTheEnd()));
    return (SluicePipelineResult) pipeline.run();
  }

  /** Where the group would go on; 0 if it has not committed anything. */
  private static long committed() throws ExecutionException, InterruptedException {
    OffsetAndMetadata offset =
        admin
            .listConsumerGroupOffsets(GROUP)
            .partitionsToOffsetAndMetadata()
            .get()
            .get(new TopicPartition(TOPIC, 0));
    return offset == null ? 0 : offset.offset();
  }

  private static final class FailsOnceAtTheEnd extends DoFn<KV<Long, Long>, Void> {
    @ProcessElement
    public void process(@Element KV<Long, Long> kv) {
      if (kv.getValue() < RECORDS - 1) {
        return;
      }
      if (FIRST_ATTEMPT.getCount() > 0) {
        FIRST_ATTEMPT.countDown();
        throw new IllegalStateException("fails behind the last record, as told");
      }
      SECOND_ATTEMPT.countDown();
    }
  }
}
