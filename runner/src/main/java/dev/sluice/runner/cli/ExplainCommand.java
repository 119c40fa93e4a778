package dev.sluice.runner.cli;

import dev.sluice.runner.ExplainRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code sluice explain}: prints the graph a pipeline becomes, without running it. */
@Command(
    name = "explain",
    sortOptions = false,
    customSynopsis = {
      "sluice explain EXAMPLE [--mermaid] [OPTIONS]",
      "       sluice explain --jar=JAR --class=CLASS [--mermaid] [-- PIPELINE OPTIONS]"
    },
    header = "Print the graph that a pipeline becomes, without running it.",
    description = {
      "",
      "The graph shows the stages, what is fused into each, and the exchanges between",
      "them. The main class of your own jar is called, but Pipeline.run() only prints.",
      ""
    },
    commandListHeading = "%nExamples:%n")
final class ExplainCommand implements Callable<Integer> {
  @Spec CommandSpec spec;
  @Mixin UserProgramOptions program;
  @Mixin Format format;

  static CommandLine with(Map<String, Example> examples) {
    CommandLine explain = new CommandLine(new ExplainCommand());
    examples.forEach(
        (name, example) ->
            explain.addSubcommand(
                ExampleCommands.of("explain", name, example, new OfExample(example))));
    return explain;
  }

  @Override
  public Integer call() throws Exception {
    UserProgram userProgram = program.userProgram(spec);
    userProgram.main(format.onto(program.arguments()));
    return 0;
  }

  /** How the graph is written. */
  static final class Format {
    @Option(names = "--mermaid", order = 3, description = "Print a Mermaid flowchart.")
    boolean mermaid;

    PipelineArguments onto(PipelineArguments arguments) {
      PipelineArguments explained = arguments.withRunner(ExplainRunner.class.getName());
      return mermaid ? explained.and("--explainAs=MERMAID") : explained;
    }
  }

  /** {@code sluice explain EXAMPLE}. */
  @Command
  static final class OfExample implements Callable<Integer> {
    private final Example example;

    @Mixin Format format;
    @Unmatched List<String> forBeam = new ArrayList<>();

    OfExample(Example example) {
      this.example = example;
    }

    @Override
    public Integer call() {
      example.pipeline(format.onto(new PipelineArguments(forBeam)).parse()).run();
      return 0;
    }
  }
}
