package dev.sluice.runner.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options that name a program of the user's own; shared by {@code run} and {@code explain}. */
final class UserProgramOptions {
  @Option(
      names = "--jar",
      paramLabel = "JAR",
      order = 1,
      description =
          "The jar of your program; several, or folders, are separated as in a class path.")
  String jar;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      order = 2,
      description = "The class whose main(String[]) builds and runs the pipeline.")
  String mainClass;

  @Parameters(
      paramLabel = "PIPELINE OPTIONS",
      description =
          "After --, handed to main as they are; --runner=SluiceRunner is added if absent.")
  List<String> arguments = new ArrayList<>();

  UserProgram userProgram(CommandSpec command) {
    if (jar == null && mainClass == null) {
      String example = arguments.isEmpty() ? null : arguments.get(0);
      String known = String.join(", ", command.subcommands().keySet());
      throw new ParameterException(
          command.commandLine(),
          example == null
              ? "name an example (" + known + ") or give --jar and --class"
              : "there is no example '" + example + "'; there are " + known);
    }
    if (jar == null || mainClass == null) {
      throw new ParameterException(
          command.commandLine(), "--jar and --class belong together: one of them is missing");
    }
    return UserProgram.of(jar, mainClass);
  }

  PipelineArguments arguments() {
    return new PipelineArguments(arguments);
  }
}
