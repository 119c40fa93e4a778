package dev.sluice.runner.cli;

import dev.sluice.protocol.StorageLocation;
import dev.sluice.runner.storage.PlaceOpener;
import dev.sluice.runner.storage.SavepointSummary;
import dev.sluice.state.error.CheckpointException;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice savepoint}: looks into savepoints. */
@Command(
    name = "savepoint",
    header = "Look into a savepoint.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = SavepointCommand.Inspect.class)
final class SavepointCommand implements Runnable {
  @Spec CommandSpec spec;

  /** Without a command there is nothing to do but to say what could be done. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** {@code sluice savepoint inspect}. */
  @Command(
      name = "inspect",
      sortOptions = false,
      header = "List the transforms and states of a savepoint, with their sizes.",
      description = {
        "",
        "Reads all of it: a file that is damaged is found. Sizes are those of the encoded",
        "state, before it is packed.",
        ""
      })
  static final class Inspect implements Callable<Integer> {
    @Spec CommandSpec spec;

    @Parameters(
        paramLabel = "PATH",
        description = "Folder, file:// URL or s3:// URL of the savepoint.")
    String path;

    @Option(
        names = "--s3Endpoint",
        paramLabel = "URL",
        description = "The service behind s3:// if not AWS.")
    String s3Endpoint;

    @Option(names = "--s3Region", paramLabel = "REGION", description = "The region of the bucket.")
    String s3Region;

    @Override
    public Integer call() {
      SavepointSummary summary;
      try (Screen screen = Screen.ofProcess()) {
        summary =
            SavepointSummary.of(
                new PlaceOpener(),
                new StorageLocation(
                    path, Optional.ofNullable(s3Endpoint), Optional.ofNullable(s3Region)),
                (read, all) -> {
                  if (screen.redraws()) {
                    screen.show(List.of("reading file %d of %d".formatted(read + 1, all)));
                  }
                });
        screen.clear();
      } catch (CheckpointException | IOException e) {
        throw new UserError(e.getMessage(), e);
      }
      PrintWriter out = spec.commandLine().getOut();
      summary.lines().forEach(out::println);
      return 0;
    }
  }
}
