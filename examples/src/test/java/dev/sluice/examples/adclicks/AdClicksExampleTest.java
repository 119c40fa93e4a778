package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.UserError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The example as a user runs it, on a real broker and the real engine. */
@Timeout(120)
class AdClicksExampleTest {
  private final StringWriter shown = new StringWriter();

  @Test
  void everyClickIsCountedOnAnOwnBroker() throws Exception {
    int exitCode = run("--duration=4", "--rate=1000");

    assertThat(shown.toString()).contains("check PASSED");
    assertThat(exitCode).isZero();
  }

  @Test
  void theUsersBrokerIsReadAndProducedTo() throws Exception {
    KafkaBroker broker = KafkaBroker.start();
    try (broker) {
      String servers = "--bootstrapServers=" + broker.bootstrapServers();
      assertThatThrownBy(() -> run(servers, "--topic=absent"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("--topic=absent");

      produce(broker, "mine", "shoes,1000", "no click", "shoes,2000", "hats,61000");
      assertThat(run(servers, "--topic=mine", "--duration=10")).isZero();
      assertThat(shown.toString())
          .contains("3 clicks counted")
          .contains("1 records were no clicks")
          .contains("in topic mine-counts");

      assertThatThrownBy(() -> run(servers, "--topic=mine", "--produce"))
          .isInstanceOf(UserError.class)
          .hasMessageContaining("new or empty");
    }
    assertThat(broker.process().isAlive()).isFalse();
    assertThat(Files.exists(broker.folder())).isFalse();
  }

  @Test
  void aBrokerThatDoesNotAnswerIsNamedWithinSeconds() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    String option = "--bootstrapServers=127.0.0.1:" + unused;
    long start = System.nanoTime();
    assertThatThrownBy(() -> run(option, "--topic=clicks"))
        .isInstanceOf(UserError.class)
        .hasMessageContaining(option)
        .hasMessageContaining("no Kafka broker answers");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(15));
  }

  @Test
  void optionsThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(() -> run("--topic=clicks")).hasMessageContaining("--bootstrapServers");
    assertThatThrownBy(() -> run("--bootstrapServers=localhost:1")).hasMessageContaining("--topic");
    assertThatThrownBy(() -> run("--rate=0")).hasMessageContaining("--rate=0");
    assertThatThrownBy(() -> run("--duration=soon")).hasMessageContaining("'soon' is not a time");
  }

  private int run(String... arguments) throws Exception {
    AdClicksExample example = new AdClicksExample();
    new CommandLine(example).parseArgs(arguments);
    PipelineOptions options =
        PipelineOptionsFactory.fromArgs("--runner=SluiceRunner", "--parallelism=2").create();
    try (Screen screen = Screen.plain(new PrintWriter(shown))) {
      return example.run(options, screen);
    }
  }

  private static void produce(KafkaBroker broker, String topic, String... lines) throws Exception {
    try (TopicAdmin admin = TopicAdmin.connect(broker.bootstrapServers())) {
      admin.create(topic, 1);
    }
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      for (String line : lines) {
        producer.send(new ProducerRecord<>(topic, "a key", line)).get();
      }
    }
  }
}
