package dev.sluice.examples.broker;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * The main class of the broker's process: one Kafka node that is broker and KRaft controller at
 * once.
 *
 * <p>It prints {@code READY} when it answers, and lives until its standard input ends, which also
 * happens when the process that started it is killed. However it ends, short of being killed
 * itself, it deletes its folder.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /** Expects the folder for its data, the port for clients and the port of the controller. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    try {
      KafkaRaftServer server =
          start(folder.resolve("data"), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
      Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, folder), "end"));
      System.out.println("READY");
    } catch (Exception e) {
      e.printStackTrace();
      delete(folder);
      System.exit(1);
    }
    while (System.in.read() >= 0) {
      // Nothing is ever sent; only the end counts.
    }
    System.exit(0);
  }

  private static KafkaRaftServer start(Path data, int port, int controllerPort) throws Exception {
    new Formatter()
        .setPrintStream(System.err)
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setReleaseVersion(MetadataVersion.latestProduction())
        .addDirectory(data.toString())
        .setMetadataLogDirectory(data.toString())
        .run();
    KafkaRaftServer server =
        new KafkaRaftServer(new KafkaConfig(settings(data, port, controllerPort)), Time.SYSTEM);
    server.startup();
    return server;
  }

  private static void end(KafkaRaftServer server, Path folder) {
    server.shutdown();
    server.awaitShutdown();
    delete(folder);
  }

  private static Properties settings(Path data, int port, int controllerPort) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "PLAINTEXT://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", data.toString());
    settings.put("auto.create.topics.enable", "false");
    // One node can hold one replica.
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("transaction.state.log.replication.factor", "1");
    settings.put("transaction.state.log.min.isr", "1");
    settings.put("transaction.state.log.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    return settings;
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      System.err.println("could not delete " + folder + ": " + e);
    }
  }
}
