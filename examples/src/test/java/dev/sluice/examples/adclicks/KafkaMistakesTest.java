package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.JobFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What somebody sees whose own pipeline reads from Kafka, and whose broker or topic is not there.
 */
@Timeout(120)
class KafkaMistakesTest {

  @Test
  void aBrokerThatIsDownIsToldFromTheTransform() throws IOException {
    int unused;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      unused = socket.getLocalPort();
    }
    assertThatThrownBy(() -> read("127.0.0.1:" + unused))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("transform 'Clicks/KafkaIO.Read")
        .hasMessageContaining("TimeoutException: Timeout expired while fetching topic metadata")
        .hasMessageContaining("Is the broker running, and are bootstrap servers and topic right?");
  }

  @Test
  void aTopicThatIsMissingIsToldFromTheTransform() throws Exception {
    try (KafkaBroker broker = KafkaBroker.start()) {
      assertThatThrownBy(() -> read(broker.bootstrapServers()))
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining("transform 'Clicks/KafkaIO.Read")
          .hasMessageContaining("make sure that provided topics exist");
    }
  }

  private static void read(String bootstrapServers) {
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=SluiceRunner").create());
    pipeline.apply(
        "Clicks",
        KafkaIO.<String, String>read()
            .withBootstrapServers(bootstrapServers)
            .withTopic("clicks")
            .withKeyDeserializer(StringDeserializer.class)
            .withValueDeserializer(StringDeserializer.class)
            .withConsumerConfigUpdates(
                Map.of("default.api.timeout.ms", 3_000, "request.timeout.ms", 2_000)));
    pipeline.run().waitUntilFinish();
  }
}
