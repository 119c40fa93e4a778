package dev.sluice.runner.cli;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Makes the picocli command that carries an example's name, description and options. */
final class ExampleCommands {
  private ExampleCommands() {}

  /**
   * @param parent the command above it
   * @param action what the command does, once the options of {@code example} are set
   */
  static CommandLine of(String parent, String name, Example example, Object action) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(action).name(name);
    spec.addMixin("example", CommandSpec.forAnnotatedObject(example));
    spec.usageMessage()
        .sortOptions(false)
        .optionListHeading("%n")
        .customSynopsis("sluice " + parent + " " + name + " [OPTIONS] [PIPELINE OPTIONS]");
    return new CommandLine(spec);
  }
}
