package dev.sluice.examples.adclicks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.examples.broker.KafkaBroker;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody can leave a broker behind. */
@Timeout(120)
class KafkaBrokerTest {
  @Test
  void endsAndTidiesUpWhenItsOwnerIsKilled() throws Exception {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-D"
                    + KafkaBroker.MODULE_PROPERTY
                    + "="
                    + System.getProperty(KafkaBroker.MODULE_PROPERTY),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    ProcessHandle broker;
    Path folder;
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
      broker = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      folder = Path.of(output.readLine());
      assertThat(folder).isDirectory();
      owner.destroyForcibly();
      broker.onExit().get(30, TimeUnit.SECONDS);
    } finally {
      owner.destroyForcibly();
    }
    assertThat(broker.isAlive()).isFalse();
    assertThat(folder).doesNotExist();
  }

  @Test
  void tidiesUpAfterABrokerThatWasKilledAndSaysThatItIsGone() throws Exception {
    KafkaBroker broker = KafkaBroker.start();
    try (broker) {
      broker.check();
      broker.process().destroyForcibly();
      broker.process().onExit().get(30, TimeUnit.SECONDS);
      assertThatThrownBy(broker::check).hasMessageContaining("the Kafka broker has ended");
    }
    assertThat(broker.folder()).doesNotExist();
  }

  /** The main class of a process that starts a broker and never ends by itself. */
  static final class Owner {
    public static void main(String[] args) throws Exception {
      try (KafkaBroker broker = KafkaBroker.start()) {
        System.out.println(broker.process().pid());
        System.out.println(broker.folder());
        Thread.currentThread().join();
      }
    }
  }
}
