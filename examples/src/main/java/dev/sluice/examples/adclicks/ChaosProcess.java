package dev.sluice.examples.adclicks;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One life of the job: a JVM that runs {@link ChaosJob} until it is killed.
 *
 * <p>Owned by the thread that starts it. The JVM ends with this one, however this one ends.
 */
final class ChaosProcess implements AutoCloseable {
  private static final int LINES_SHOWN = 12;
  private static final int KILL_SECONDS = 10;

  private final Process process;
  private final Path log;

  private ChaosProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param folder where its checkpoints and its log are; the same for every life
   */
  static ChaosProcess start(AdClicks.Topics topics, int shards, Path folder) throws IOException {
    Path log = folder.resolve("job.log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            // What a killed JVM leaves behind goes with the folder.
            "-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("tmp")),
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
            ChaosJob.class.getName(),
            topics.bootstrapServers(),
            topics.clicks(),
            topics.counts(),
            Double.toString(topics.speed()),
            Integer.toString(shards),
            "--runner=SluiceRunner",
            "--streaming=true",
            "--parallelism=2",
            "--jobName=chaos",
            "--checkpointIntervalMs=1000",
            "--checkpointStorage=" + folder.resolve("checkpoints")));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", classPath());
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.to(log.toFile()));
    return new ChaosProcess(builder.start(), log);
  }

  /** The class path of this process, with that of the examples, which the command keeps apart. */
  private static String classPath() {
    String own = System.getProperty("java.class.path");
    String examples = System.getProperty("sluice.examples", "");
    return examples.isEmpty() ? own : examples + File.pathSeparator + own;
  }

  /** Throws if it has ended without being killed, with the last lines that it wrote. */
  void check() throws IOException {
    // Without its log, this JVM is ending, and what ends it has killed the job and taken the
    // folder.
    if (process.isAlive() || Files.notExists(log)) {
      return;
    }
    List<String> lines = List.of(Files.readString(log, StandardCharsets.UTF_8).split("\n"));
    throw new IllegalStateException(
        "the job ended by itself, with exit code "
            + process.exitValue()
            + ":\n  "
            + String.join("\n  ", lines.subList(0, Math.min(lines.size(), LINES_SHOWN))));
  }

  /** {@code kill -9}; returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(KILL_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("process " + process.pid() + " survives kill -9");
    }
  }

  @Override
  public void close() {
    try {
      kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
