package dev.sluice.examples.adclicks;

import dev.sluice.examples.broker.KafkaBroker;
import dev.sluice.runner.cli.Screen;
import dev.sluice.runner.cli.Tool;
import dev.sluice.runner.cli.UserError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice chaos}: shows that nothing is lost and nothing counted twice when the job is killed
 * again and again.
 *
 * <p>Holds the options, and makes and removes the broker and the folder; {@link ChaosRun} does the
 * rest.
 */
@Command(
    name = "chaos",
    header = "Kill a streaming job again and again, and count what is lost or duplicated.",
    description = {
      "",
      "Starts a Kafka broker, produces clicks at a steady rate, and runs the ad-clicks",
      "pipeline in a process of its own, with a checkpoint every second and results",
      "written to Kafka exactly once. That process is killed with kill -9 at an interval",
      "and started again under the same name. In the end every click must be in the",
      "counts once, and every count in the topic once. Exit code 1 if not.",
      ""
    },
    footer = {"", "sluice chaos", "sluice chaos --minutes=3 --killEverySeconds=5 --rate=5000"})
public final class Chaos implements Tool {
  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "3",
      description = "How long to produce clicks and to kill (default: ${DEFAULT-VALUE}).")
  double minutes;

  @Option(
      names = "--killEverySeconds",
      paramLabel = "N",
      defaultValue = "10",
      description = "The time from one kill to the next (default: ${DEFAULT-VALUE}).")
  double killEverySeconds;

  @Option(
      names = "--rate",
      paramLabel = "CLICKS",
      defaultValue = "2000",
      description = "Clicks produced per second (default: ${DEFAULT-VALUE}).")
  int rate;

  @Override
  public Integer call() throws Exception {
    try (Screen screen = Screen.ofProcess()) {
      return run(screen);
    }
  }

  int run(Screen screen) throws Exception {
    positive("--minutes", minutes);
    positive("--killEverySeconds", killEverySeconds);
    positive("--rate", rate);
    if (System.getProperty(KafkaBroker.MODULE_PROPERTY) == null) {
      throw new UserError("no Kafka broker here: run this with bin/sluice");
    }
    Path folder = Files.createTempDirectory("sluice-chaos-");
    try (KafkaBroker broker = KafkaBroker.start()) {
      ChaosRun.Plan plan = new ChaosRun.Plan(millis(minutes * 60), millis(killEverySeconds), rate);
      ChaosRun chaos = new ChaosRun(broker.bootstrapServers(), plan, folder, screen, broker::check);
      Thread tidyOnExit =
          new Thread(
              () -> {
                chaos.close();
                delete(folder);
              },
              "tidy-chaos");
      Runtime.getRuntime().addShutdownHook(tidyOnExit);
      return chaos.run();
    } finally {
      delete(folder);
    }
  }

  private static Duration millis(double seconds) {
    return Duration.ofMillis(Math.round(seconds * 1_000));
  }

  private static void positive(String option, double value) {
    if (!(value > 0)) {
      throw new UserError(option + "=" + value + ": must be above 0");
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (NoSuchFileException e) {
      // Deleted before.
      return;
    } catch (IOException e) {
      System.err.println("could not delete " + folder + ": " + e);
    }
  }
}
