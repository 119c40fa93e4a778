package dev.sluice.runner.cli;

import dev.sluice.runner.JobWatch;
import dev.sluice.runner.SluiceRunner;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.beam.sdk.options.ApplicationNameOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code sluice run}: runs an example, or a program of the user's own. */
@Command(
    name = "run",
    sortOptions = false,
    customSynopsis = {
      "sluice run EXAMPLE [OPTIONS]",
      "       sluice run --jar=JAR --class=CLASS [-- PIPELINE OPTIONS]"
    },
    header = "Run an example, or the pipeline of your own jar.",
    description = {
      "",
      "Everything runs in this process, on the cores of this machine. An example takes",
      "Beam's options beside its own, such as --parallelism=4.",
      ""
    },
    commandListHeading = "%nExamples:%n")
final class RunCommand implements Callable<Integer> {
  static final String DEFAULT_RUNNER = "SluiceRunner";

  private static final String NOTHING_RUN =
      "note: %s has ended without running a pipeline on Sluice; its main must make its options from"
          + " its arguments, by PipelineOptionsFactory.fromArgs(args), and call pipeline.run()";

  @Spec CommandSpec spec;
  @Mixin UserProgramOptions program;

  static CommandLine with(Map<String, Example> examples) {
    CommandLine run = new CommandLine(new RunCommand());
    examples.forEach(
        (name, example) ->
            run.addSubcommand(ExampleCommands.of("run", name, example, new OfExample(example))));
    return run;
  }

  @Override
  public Integer call() throws Exception {
    UserProgram userProgram = program.userProgram(spec);
    JobWatch jobs = SluiceRunner.watchJobs(toStandardError(spec));
    PipelineArguments arguments = program.arguments();
    userProgram.main(arguments.withDefaultRunner(DEFAULT_RUNNER));
    // Pipeline.run() has returned, its job is still running.
    jobs.awaitAll();
    if (jobs.size() == 0 && !arguments.nameRunner()) {
      toStandardError(spec).accept(NOTHING_RUN.formatted(userProgram.mainClass()));
    }
    return 0;
  }

  /** Flushes each line, so that what a job begins with stands before anything that it writes. */
  private static Consumer<String> toStandardError(CommandSpec command) {
    PrintWriter err = command.commandLine().getErr();
    return line -> {
      err.println(line);
      err.flush();
    };
  }

  /** {@code sluice run EXAMPLE}. */
  @Command
  static final class OfExample implements Callable<Integer> {
    private final Example example;

    @Spec CommandSpec spec;
    @Unmatched List<String> forBeam = new ArrayList<>();

    OfExample(Example example) {
      this.example = example;
    }

    @Override
    public Integer call() throws Exception {
      PipelineOptions options =
          new PipelineArguments(forBeam).withDefaultRunner(DEFAULT_RUNNER).parse();
      options.as(ApplicationNameOptions.class).setAppName(spec.name());
      SluiceRunner.watchJobs(toStandardError(spec));
      try (Screen screen = Screen.ofProcess()) {
        return example.run(options, screen);
      }
    }
  }
}
