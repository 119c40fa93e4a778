package dev.sluice.examples.adclicks;

import dev.sluice.runner.cli.UserError;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A real Kafka broker in a process of its own, from Kafka's jars, with its data in a temporary folder.
 *
 * <p>Owned by the thread that starts it. Process and folder are gone after {@link #close}, and also when
 * this JVM ends in any other way: on Ctrl-C a shutdown hook closes it, and when this JVM is killed the
 * broker sees its standard input end (see {@link BrokerMain}).
 */
final class KafkaBroker implements AutoCloseable {
  private static final int START_SECONDS = 60;
  private static final int LOG_LINES_SHOWN = 5;

  private final Process process;
  private final Path folder;
  private final String bootstrapServers;
  private final Thread closeOnExit = new Thread(this::stop, "close-kafka-broker");

  private KafkaBroker(Process process, Path folder, String bootstrapServers) {
    this.process = process;
    this.folder = folder;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts a broker on free ports of the loopback interface and waits until it answers. */
  static KafkaBroker start() throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("sluice-kafka-");
    int port;
    int controllerPort;
    InetAddress loopback = InetAddress.getByName("127.0.0.1");
    // Both at once, so that they differ.
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      port = first.getLocalPort();
      controllerPort = second.getLocalPort();
    }
    KafkaBroker broker =
        new KafkaBroker(launch(folder, port, controllerPort), folder, "127.0.0.1:" + port);
    Runtime.getRuntime().addShutdownHook(broker.closeOnExit);
    try {
      broker.awaitReady();
    } catch (IOException | InterruptedException | RuntimeException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /** Where clients connect. */
  String bootstrapServers() {
    return bootstrapServers;
  }

  /** The process, for tests that look whether it is gone. */
  ProcessHandle process() {
    return process.toHandle();
  }

  /** Where its data are. */
  Path folder() {
    return folder;
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(closeOnExit);
    } catch (IllegalStateException e) {
      // The JVM is already ending: the hook runs, and finds nothing left to do.
      return;
    }
  }

  /** Kills it: nobody needs the data any more, so there is nothing to flush. */
  private synchronized void stop() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Folders.delete(folder);
  }

  private static Process launch(Path folder, int port, int controllerPort) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            // Quick to start, and few threads beside those of the pipeline.
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            // No file outside its folder.
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + folder,
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            BrokerMain.class.getName(),
            folder.toString(),
            Integer.toString(port),
            Integer.toString(controllerPort));
    builder.environment().put("CLASSPATH", classPath());
    builder.redirectError(log(folder).toFile());
    return builder.start();
  }

  private void awaitReady() throws IOException, InterruptedException {
    CompletableFuture<Boolean> ready = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                ready.complete(readsReady());
              } catch (IOException | UncheckedIOException e) {
                ready.complete(false);
              }
            },
            "kafka-broker-output");
    reader.setDaemon(true);
    reader.start();
    boolean started;
    try {
      started = ready.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      started = false;
    }
    if (!started) {
      throw new UserError("the Kafka broker did not start:" + lastLogLines());
    }
  }

  private boolean readsReady() throws IOException {
    BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals(BrokerMain.READY)) {
        return true;
      }
    }
    return false;
  }

  private String lastLogLines() throws IOException {
    List<String> lines = Files.readAllLines(log(folder));
    StringBuilder last = new StringBuilder();
    for (String line : lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size())) {
      last.append(System.lineSeparator()).append("  ").append(line);
    }
    return last.toString();
  }

  private static Path log(Path folder) {
    return folder.resolve("broker.log");
  }

  /** The class path that this class was loaded from, which is not always that of the JVM. */
  private static String classPath() {
    List<String> entries = new ArrayList<>();
    if (KafkaBroker.class.getClassLoader() instanceof URLClassLoader loader) {
      for (URL url : loader.getURLs()) {
        try {
          entries.add(Path.of(url.toURI()).toString());
        } catch (URISyntaxException e) {
          throw new IllegalStateException("not a file: " + url, e);
        }
      }
    }
    entries.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, entries);
  }
}
