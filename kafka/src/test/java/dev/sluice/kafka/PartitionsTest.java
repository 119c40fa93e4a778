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
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.LongSerializer;
import org.joda.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Partitions of a topic that are silent, and those that come while nobody reads. */
@Timeout(180)
final class PartitionsTest {
  private static final String GROUP = "readers-of-partitions";
  private static final BlockingQueue<Long> SEEN = new LinkedBlockingQueue<>();
  private static final BlockingQueue<Long> FIRED = new LinkedBlockingQueue<>();

  private static KafkaBroker broker;
  private static Admin admin;
  private static KafkaProducer<Long, Long> producer;

  @TempDir Path temp;

  @BeforeAll
  static void start() throws Exception {
    broker = KafkaBroker.start();
    Map<String, Object> servers = Map.of("bootstrap.servers", broker.bootstrapServers());
    admin = Admin.create(servers);
    producer = new KafkaProducer<>(servers, new LongSerializer(), new LongSerializer());
  }

  @AfterAll
  static void stop() {
    producer.close();
    admin.close();
    broker.close();
  }

  private static void create(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  private static void send(String topic, int partition, long timestampMs, long number)
      throws Exception {
    producer.send(new ProducerRecord<>(topic, partition, timestampMs, number, number)).get();
  }

  private static KafkaIO.Read<Long, Long> read(String topic, String begins) {
    return KafkaIO.<Long, Long>read()
        .withBootstrapServers(broker.bootstrapServers())
        .withTopic(topic)
        .withKeyDeserializer(LongDeserializer.class)
        .withValueDeserializer(LongDeserializer.class)
        .withConsumerConfigUpdates(Map.of("auto.offset.reset", begins, "group.id", GROUP));
  }

  private static SluicePipelineOptions options(String... arguments) {
    SluicePipelineOptions options =
        PipelineOptionsFactory.fromArgs(arguments).as(SluicePipelineOptions.class);
    options.setRunner(SluiceRunner.class);
    return options;
  }

  @Test
  void thoseAddedBetweenTwoRunsAreReadFromTheirBeginning() throws Exception {
    create("growing", 1);
    for (long number = 0; number < 10; number++) {
      send("growing", 0, 1_000, number);
    }
    SluicePipelineResult job = runGrowing("earliest");
    List<Long> seen = new ArrayList<>();
    seeUntilCommitted(seen, 10);
    job.cancel();

    admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(3))).all().get();
    send("growing", 1, 1_000, 10);
    send("growing", 2, 1_000, 11);
    send("growing", 0, 1_000, 12);
    // Whatever a new reader would begin with: what was added is new from its first record on.
    job = runGrowing("latest");
    seeUntilCommitted(seen, 13);
    job.cancel();

    send("growing", 1, 1_000, 13);
    job = runGrowing("latest");
    seeUntilCommitted(seen, 14);
    job.cancel();
    assertThat(seen)
        .as("each of them once, over all runs")
        .containsExactlyInAnyOrderElementsOf(LongStream.range(0, 14).boxed().toList());
  }

  private SluicePipelineResult runGrowing(String begins) {
    SluicePipelineOptions options =
        options(
            "--parallelism=2",
            "--checkpointIntervalMs=100",
            "--checkpointStorage=" + temp.resolve("checkpoints"));
    options.setJobName("growing");
    Pipeline pipeline = Pipeline.create(options);
    pipeline
        .apply(read("growing", begins).commitOffsetsInFinalize().withoutMetadata())
        .apply(Values.create())
        .apply("seen", ParDo.of(new Collect(false)));
    return (SluicePipelineResult) pipeline.run();
  }

  /** Waits until a complete checkpoint contains {@code records} records. */
  private static void seeUntilCommitted(List<Long> seen, long records) throws Exception {
    while (committed() < records) {
      broker.check();
    }
    SEEN.drainTo(seen);
  }

  private static long committed() throws Exception {
    return admin
        .listConsumerGroupOffsets(GROUP)
        .partitionsToOffsetAndMetadata()
        .get()
        .values()
        .stream()
        .mapToLong(OffsetAndMetadata::offset)
        .sum();
  }

  @Test
  void silentOnesHoldNoWindow() throws Exception {
    create("silent", 5);
    Pipeline pipeline = Pipeline.create(options("--parallelism=1", "--idleSplitTimeoutMs=1000"));
    pipeline
        .apply(read("silent", "earliest").withCreateTime(Duration.ZERO).withoutMetadata())
        .apply(Values.create())
        .apply(Window.into(FixedWindows.of(Duration.standardSeconds(1))))
        .apply(Combine.globally(Count.<Long>combineFn()).withoutDefaults())
        .apply("fired", ParDo.of(new Collect(true)));
    SluicePipelineResult job = (SluicePipelineResult) pipeline.run();
    send("silent", 0, 1_000, 1);
    send("silent", 0, 1_001, 2);
    long timestampMs = 2_000;
    Long fired = null;
    while (fired == null) {
      send("silent", 0, timestampMs, timestampMs);
      timestampMs += 1_000;
      fired = FIRED.poll(100, TimeUnit.MILLISECONDS);
    }
    assertThat(fired).isEqualTo(2);
    job.cancel();
  }

  private static final class Collect extends DoFn<Long, Void> {
    private final boolean fired;

    Collect(boolean fired) {
      this.fired = fired;
    }

    @ProcessElement
    public void process(@Element Long number) {
      (fired ? FIRED : SEEN).add(number);
    }
  }
}
