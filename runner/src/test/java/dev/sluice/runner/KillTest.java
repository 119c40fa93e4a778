package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.storage.s3server.S3Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is killed, and the one that is started after it with the same name and storage: it
 * resumes exactly where the last complete checkpoint was, in a folder and in a bucket alike.
 */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class KillTest {
  @TempDir Path temp;
  private final List<Life> lives = new ArrayList<>();
  private S3Server server;

  @BeforeEach
  void startServer() throws Exception {
    server = new S3Server("bucket");
  }

  @AfterEach
  void endAll() throws Exception {
    for (Life life : lives) {
      life.kill();
    }
    server.close();
    for (Life life : lives) {
      assertThat(life.lines).filteredOn(line -> line.startsWith(KilledPipeline.WRONG)).isEmpty();
    }
  }

  private Life begin(String... options) throws IOException {
    Life life = new Life(temp, options);
    lives.add(life);
    return life;
  }

  private String[] folder() {
    return new String[] {"--checkpointStorage=" + temp.resolve("checkpoints")};
  }

  private String[] bucket() {
    return new String[] {
      "--checkpointStorage=s3://bucket/checkpoints", "--s3Endpoint=" + server.endpoint()
    };
  }

  @Test
  void goesOnFromAFolder() throws Exception {
    Life killed = begin(folder());
    killed.await(KilledPipeline.SAVED);
    killed.tell(KilledPipeline.GROW);
    killed.kill();
    goesOnAndIsKilled(killed, folder());
  }

  @Test
  void goesOnFromABucketInWhichHalfAnUploadIsLeft() throws Exception {
    Life killed = begin(bucket());
    killed.await(KilledPipeline.SAVED);
    server.holdPartsFrom(2);
    killed.tell(KilledPipeline.GROW);
    server.awaitHeldPart();
    killed.kill();
    server.letPartsIn();
    assertThat(server.openUploads()).as("uploads that are left behind").isPositive();
    goesOnAndIsKilled(killed, bucket());
  }

  private void goesOnAndIsKilled(Life first, String... storage) throws Exception {
    Life second = begin(storage);
    goesOn(first, second);
    second.tell(KilledPipeline.GROW);
    second.awaitOnce(KilledPipeline.SAVED_LARGE);
    second.kill();
    Life third = begin(storage);
    goesOn(second, third);
    third.awaitOnce(KilledPipeline.READ_LARGE);
    third.await(KilledPipeline.SAVED);
  }

  private static void goesOn(Life before, Life after) throws IOException {
    after.await(KilledPipeline.FIRST);
    assertThat(after.last(KilledPipeline.FIRST))
        .as("the first number of a key after the last one that was saved")
        .isGreaterThan(before.last(KilledPipeline.SAVED));
    after.await(KilledPipeline.SAVED);
  }

  @Test
  void aProcessWhoseHeapIsExhaustedEndsAndTheNextOneGoesOn() throws Exception {
    Life exhausted = begin(folder());
    exhausted.await(KilledPipeline.SAVED);
    exhausted.tell(KilledPipeline.HOARD);
    exhausted.awaitEnd();
    assertThat(String.join("\n", exhausted.lines))
        .containsPattern("transform '(count|large)/.*the heap of this process");
    assertThat(exhausted.process.exitValue()).isEqualTo(1);
    goesOn(exhausted, begin(folder()));
  }

  @Test
  void ofTwoProcessesThatUseOneFolderTheSecondIsRefused() throws Exception {
    Life first = begin(folder());
    first.await(KilledPipeline.SAVED);
    Life second = begin(folder());
    second.awaitEnd();
    assertThat(String.join("\n", second.lines))
        .contains("is running already: process " + first.process.pid());
    assertThat(second.process.exitValue()).isNotZero();
    long saved = first.last(KilledPipeline.SAVED);
    while (first.last(KilledPipeline.SAVED) == saved) {
      first.await(KilledPipeline.SAVED);
    }
  }

  /** Nobody can know whether the first one still lives. */
  @Test
  void ofTwoProcessesThatUseOneBucketTheSecondTakesOver() throws Exception {
    Life first = begin(bucket());
    first.await(KilledPipeline.SAVED);
    Life second = begin(bucket());
    first.awaitEnd();
    assertThat(String.join("\n", first.lines))
        .contains("were taken over by process " + second.process.pid());
    assertThat(first.process.exitValue()).isNotZero();
    goesOn(first, second);
  }

  /** A JVM that runs {@link KilledPipeline}, and what it has said. */
  private static final class Life {
    private final Process process;
    private final BufferedReader out;
    private final Writer in;
    final List<String> lines = new ArrayList<>();

    Life(Path temp, String... options) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(
          List.of(
              "-Xmx512m",
              "-XX:TieredStopAtLevel=1",
              "-Djava.io.tmpdir=" + Files.createDirectories(temp.resolve("tmp")),
              "-Daws.accessKeyId=" + System.getProperty("aws.accessKeyId"),
              "-Daws.secretAccessKey=" + System.getProperty("aws.secretAccessKey"),
              "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
              "-cp",
              System.getProperty("java.class.path"),
              KilledPipeline.class.getName()));
      command.addAll(List.of(options));
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      out = process.inputReader();
      in = process.outputWriter();
    }

    /** Waits until it says something new that begins so. */
    void await(String beginning) throws IOException {
      while (read()) {
        if (lines.get(lines.size() - 1).startsWith(beginning)) {
          return;
        }
      }
      throw new AssertionError("ended before '" + beginning + "':\n" + String.join("\n", lines));
    }

    /** Waits until it has said something that begins so, unless it has already. */
    void awaitOnce(String beginning) throws IOException {
      if (lines.stream().noneMatch(line -> line.startsWith(beginning))) {
        await(beginning);
      }
    }

    void awaitEnd() throws IOException, InterruptedException {
      while (read()) {
        // All of it is in the lines.
      }
      process.waitFor();
    }

    private boolean read() throws IOException {
      String line = out.readLine();
      if (line != null) {
        lines.add(line);
      }
      return line != null;
    }

    /** The number in the last line that begins so. */
    long last(String beginning) {
      return lines.stream()
          .filter(line -> line.startsWith(beginning))
          .mapToLong(line -> Long.parseLong(line.substring(beginning.length())))
          .reduce((before, after) -> after)
          .orElseThrow();
    }

    void tell(String line) throws IOException {
      in.write(line + "\n");
      in.flush();
    }

    /** As by {@code kill -9}. What it has said before can still be read. */
    void kill() throws IOException, InterruptedException {
      // Of a Process it would close the stream that is still to be read.
      process.toHandle().destroyForcibly();
      awaitEnd();
    }
  }
}
