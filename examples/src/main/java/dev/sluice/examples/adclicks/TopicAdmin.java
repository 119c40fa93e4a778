package dev.sluice.examples.adclicks;

import dev.sluice.runner.cli.UserError;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Asks a broker about topics and makes new ones. Used by the main thread. Every call ends within a
 * few seconds, with a {@link UserError} if the broker does not answer.
 */
final class TopicAdmin implements AutoCloseable {
  private static final int TIMEOUT_MS = 5_000;

  private final Admin admin;
  private final String bootstrapServers;

  private TopicAdmin(Admin admin, String bootstrapServers) {
    this.admin = admin;
    this.bootstrapServers = bootstrapServers;
  }

  /** Connects to a broker and sees that it answers. */
  static TopicAdmin connect(String bootstrapServers) throws InterruptedException {
    Admin admin;
    try {
      admin =
          Admin.create(
              Map.of(
                  AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                  AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS,
                  AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS));
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new UserError("--bootstrapServers=" + bootstrapServers + ": " + cause.getMessage(), e);
    }
    TopicAdmin connected = new TopicAdmin(admin, bootstrapServers);
    try {
      connected.get(admin.describeCluster().nodes());
    } catch (InterruptedException | RuntimeException e) {
      connected.close();
      throw e;
    }
    return connected;
  }

  /** How many partitions a topic has; nothing if there is no such topic. */
  Optional<Integer> partitions(String topic) throws InterruptedException {
    KafkaFuture<TopicDescription> description =
        admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
    try {
      return Optional.of(description.get().partitions().size());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw failure(e);
    }
  }

  /**
   * Makes a topic, with the broker's own default of replicas, and waits until clients can see it:
   * the controller knows of it a moment before the broker does.
   */
  void create(String topic, int partitions) throws InterruptedException {
    get(
        admin
            .createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
            .all());
    long start = System.nanoTime();
    while (partitions(topic).orElse(0) < partitions) {
      if (System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS)) {
        throw new IllegalStateException("topic " + topic + " was made but does not appear");
      }
      Thread.sleep(20);
    }
  }

  /** How many records a topic holds. */
  long records(String topic) throws InterruptedException {
    return sum(topic, OffsetSpec.latest()) - sum(topic, OffsetSpec.earliest());
  }

  @Override
  public void close() {
    admin.close();
  }

  private long sum(String topic, OffsetSpec at) throws InterruptedException {
    int partitions = partitions(topic).orElse(0);
    Map<TopicPartition, OffsetSpec> asked =
        IntStream.range(0, partitions)
            .mapToObj(partition -> new TopicPartition(topic, partition))
            .collect(Collectors.toMap(partition -> partition, partition -> at));
    return get(admin.listOffsets(asked).all()).values().stream()
        .mapToLong(ListOffsetsResultInfo::offset)
        .sum();
  }

  private <T> T get(KafkaFuture<T> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failure(e);
    }
  }

  private UserError failure(ExecutionException e) {
    Throwable cause = e.getCause();
    String what =
        cause instanceof org.apache.kafka.common.errors.TimeoutException
            ? "no Kafka broker answers there within " + TIMEOUT_MS / 1_000 + " s"
            : cause.getMessage();
    return new UserError("--bootstrapServers=" + bootstrapServers + ": " + what, cause);
  }
}
