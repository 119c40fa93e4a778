package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Scratch folders go with their process, or with the next one. */
final class LocalScratchTest {

  @Test
  void whatAKilledProcessLeftGoes() throws IOException, InterruptedException {
    try (LocalScratch mine = new LocalScratch()) {
      Path living = Files.createDirectories(mine.newFolder("living"));
      String pid = "-" + ProcessHandle.current().pid() + "-";
      Path killed =
          living.resolveSibling(
              living.getFileName().toString().replace(pid, "-" + pidOfTheDead() + "-"));
      Files.createDirectories(killed.resolve("inner"));
      new LocalScratch().close();
      assertThat(killed).doesNotExist();
      assertThat(living).exists();
    }
  }

  private static long pidOfTheDead() throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.waitFor();
    return process.pid();
  }
}
