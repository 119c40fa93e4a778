package dev.sluice.runner.cli;

import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sluice examples}: lists them, each with the line that runs it. */
@Command(name = "examples", header = "List the pipelines that come with Sluice.")
final class ExamplesCommand implements Runnable {
  private final Map<String, Example> examples;

  @Spec CommandSpec spec;

  ExamplesCommand(Map<String, Example> examples) {
    this.examples = examples;
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    examples.forEach(
        (name, example) -> {
          CommandSpec of = CommandSpec.forAnnotatedObject(example);
          out.println(name);
          for (String line : of.usageMessage().description()) {
            out.println("  " + line);
          }
          for (String line : of.usageMessage().footer()) {
            if (line.startsWith("sluice ")) {
              out.println("    " + line);
            }
          }
          out.println();
        });
    out.println("'sluice run NAME --help' says more, 'sluice explain NAME' shows the graph.");
  }
}
