package dev.sluice.examples.broker;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A real Kafka broker in a process of its own, from Kafka's jars, with its data in a temporary
 * folder.
 *
 * <p>Owned by the thread that starts it. The process sees its standard input end when this one
 * closes it or is gone for any other reason, and then stops and deletes its folder: nothing is left
 * behind after {@link #close}, nor after Ctrl-C, nor if this JVM is killed.
 */
public final class KafkaBroker implements AutoCloseable {
  /**
   * The folder of the broker's module, with its classes and, in a file, its class path; or one with
   * all its jars.
   */
  public static final String MODULE_PROPERTY = "sluice.kafkaBroker";

  private static final String MAIN_CLASS = BrokerMain.class.getName();
  private static final String READY = "READY";
  private static final int START_SECONDS = 60;
  private static final int STOP_SECONDS = 15;
  private static final int LINES_KEPT = 8;

  private final Process process;
  private final Path folder;
  private final String bootstrapServers;
  private final CompletableFuture<Boolean> started = new CompletableFuture<>();
  private final Deque<String> lastLines = new ArrayDeque<>(); // guarded by itself
  private final Thread closeOnExit = new Thread(this::stop, "close-kafka-broker");

  private KafkaBroker(Process process, Path folder, String bootstrapServers) {
    this.process = process;
    this.folder = folder;
    this.bootstrapServers = bootstrapServers;
  }

  /** Starts a broker on free ports of the loopback interface and waits until it answers. */
  public static KafkaBroker start() throws IOException, InterruptedException {
    String classPath = classPath();
    InetAddress loopback = InetAddress.getLoopbackAddress();
    int port;
    int controllerPort;
    // Both at once, so that they differ.
    try (ServerSocket first = new ServerSocket(0, 1, loopback);
        ServerSocket second = new ServerSocket(0, 1, loopback)) {
      port = first.getLocalPort();
      controllerPort = second.getLocalPort();
    }
    Path folder = Files.createTempDirectory("sluice-kafka-");
    Process process = launch(classPath, folder, port, controllerPort);
    KafkaBroker broker = new KafkaBroker(process, folder, "127.0.0.1:" + port);
    Runtime.getRuntime().addShutdownHook(broker.closeOnExit);
    Thread reader = new Thread(broker::readOutput, "kafka-broker-output");
    reader.setDaemon(true);
    reader.start();
    try {
      broker.awaitStarted();
    } catch (InterruptedException | RuntimeException e) {
      broker.close();
      throw e;
    }
    return broker;
  }

  /** Where clients connect. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** Throws if the process has ended, with the last lines that it wrote. */
  public void check() {
    if (!process.isAlive()) {
      throw new IllegalStateException("the Kafka broker has ended:" + lastLines());
    }
  }

  /** The broker's process. */
  public ProcessHandle process() {
    return process.toHandle();
  }

  /** Where its data are. */
  public Path folder() {
    return folder;
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(closeOnExit);
    } catch (IllegalStateException e) {
      // The JVM is ending and runs the hook, which finds nothing left to do.
      return;
    }
  }

  private synchronized void stop() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      deleteFolder();
    } catch (IOException e) {
      System.err.println("could not tidy up after the Kafka broker: " + e);
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static Process launch(String classPath, Path folder, int port, int controllerPort)
      throws IOException {
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
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            MAIN_CLASS,
            folder.toString(),
            Integer.toString(port),
            Integer.toString(controllerPort));
    builder.environment().put("CLASSPATH", classPath);
    builder.redirectErrorStream(true);
    return builder.start();
  }

  private static String classPath() throws IOException {
    String module = System.getProperty(MODULE_PROPERTY);
    if (module == null) {
      throw new IllegalStateException("-D" + MODULE_PROPERTY + " must name the broker's module");
    }
    Path libraries = Path.of(module, "broker.classpath");
    if (Files.notExists(libraries)) {
      return Path.of(module, "*").toString();
    }
    return Path.of(module, "classes") + File.pathSeparator + Files.readString(libraries).strip();
  }

  /** Reads what the process says until it ends, so that it never waits for a reader. */
  private void readOutput() {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.equals(READY)) {
          started.complete(true);
        }
        synchronized (lastLines) {
          if (lastLines.size() == LINES_KEPT) {
            lastLines.removeFirst();
          }
          lastLines.addLast(line);
        }
      }
    } catch (IOException e) {
      started.completeExceptionally(e);
    }
    started.complete(false);
  }

  private void awaitStarted() throws InterruptedException {
    boolean ready;
    try {
      ready = started.get(START_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      ready = false;
    }
    if (!ready) {
      throw new IllegalStateException("the Kafka broker did not start:" + lastLines());
    }
  }

  private String lastLines() {
    StringBuilder lines = new StringBuilder();
    synchronized (lastLines) {
      lastLines.forEach(line -> lines.append(System.lineSeparator()).append("  ").append(line));
    }
    return lines.toString();
  }

  /** What the process could not delete itself, because it was killed. */
  private void deleteFolder() throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> paths = Files.walk(folder)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(path);
        }
      }
    }
  }
}
