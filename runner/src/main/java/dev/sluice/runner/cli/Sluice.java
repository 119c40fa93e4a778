package dev.sluice.runner.cli;

import dev.sluice.runner.FailureMessage;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.error.Thrown;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The {@code sluice} command: reads the command line, hands over to one of its commands, and turns
 * whatever fails into one message and an exit code.
 *
 * <p>The process ends when the command ends, with 0 if all went well, 1 if a job or a check failed
 * and 2 if the command line or the input is wrong.
 */
@Command(
    name = "sluice",
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = "Runs Apache Beam pipelines on the Sluice engine.%n",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Try:",
      "  sluice run ad-clicks",
      "  sluice run word-count --input=README.md --output=target/words",
      "  sluice run --jar=my.jar --class=my.Main -- --parallelism=4",
    })
public final class Sluice implements Runnable {
  static final int FAILED = 1;
  static final int BAD_INPUT = 2;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      order = 100,
      description = "Show this help.")
  boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      order = 101,
      description = "Show stack traces, and the log on standard error.")
  boolean verbose;

  private final CommandLine commands;

  private Sluice(Map<String, Example> examples, Iterable<Tool> tools) {
    commands = new CommandLine(this);
    commands.addSubcommand(RunCommand.with(examples));
    commands.addSubcommand(ExplainCommand.with(examples));
    commands.addSubcommand(new ExamplesCommand(examples));
    commands.addSubcommand(new SavepointCommand());
    for (Tool tool : tools) {
      CommandLine command = new CommandLine(tool);
      command.getCommandSpec().usageMessage().sortOptions(false);
      commands.addSubcommand(command);
    }
    commands.setParameterExceptionHandler(this::refuse);
    commands.setExecutionExceptionHandler((e, at, parsed) -> fail(e, at));
    commands.setAbbreviatedOptionsAllowed(false);
    commands.setUsageHelpAutoWidth(true);
    commands.setUsageHelpLongOptionsMaxWidth(36);
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    int exitCode = FAILED;
    try {
      LogSettings.apply(List.of(args));
      exitCode = execute(writer(System.out), writer(System.err), args);
    } catch (Throwable e) {
      // What no command expects, such as an error; other threads must not keep the process.
      System.err.println("error: " + FailureMessage.of(Thrown.printable(e)));
    } finally {
      System.out.flush();
      System.exit(exitCode);
    }
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  /** Runs one command in this process and returns its exit code. */
  static int execute(PrintWriter out, PrintWriter err, String... args) {
    ClassLoader loader = ExampleClassPath.loader();
    Thread.currentThread().setContextClassLoader(loader);
    Map<String, Example> examples = new LinkedHashMap<>();
    for (Example example : ServiceLoader.load(Example.class, loader)) {
      examples.put(CommandSpec.forAnnotatedObject(example).name(), example);
    }
    CommandLine commands = new Sluice(examples, ServiceLoader.load(Tool.class, loader)).commands;
    try {
      return commands.setOut(out).setErr(err).execute(args);
    } catch (Error e) { // picocli hands on exceptions only
      return ((Sluice) commands.getCommand()).fail(e, commands);
    }
  }

  /** Without a command there is nothing to do but to say what could be done. */
  @Override
  public void run() {
    commands.usage(commands.getOut());
  }

  private int refuse(ParameterException e, String[] args) {
    CommandLine at = e.getCommandLine();
    PrintWriter err = commands.getErr();
    String message =
        e.getMessage().replaceFirst("Unmatched arguments? .*index \\d+:", "there is no command");
    err.println(at.getColorScheme().errorText("error: " + message));
    Object command = at.getCommandSpec().userObject();
    if (e instanceof UnmatchedArgumentException
        && (command instanceof RunCommand || command instanceof ExplainCommand)) {
      err.println("options of your own pipeline come after --");
    } else {
      UnmatchedArgumentException.printSuggestions(e, err);
    }
    err.println("see '" + at.getCommandSpec().qualifiedName() + " --help'");
    return BAD_INPUT;
  }

  private int fail(Throwable e, CommandLine at) {
    PrintWriter err = commands.getErr();
    boolean badInput = e instanceof UserError || complainsOfAnOption(e);
    String message = badInput ? e.getMessage() : FailureMessage.of(e);
    err.println(at.getColorScheme().errorText("error: " + message));
    if (verbose) {
      e.printStackTrace(err);
    } else if (!badInput) {
      err.println("(--verbose shows the stack trace)");
    }
    return badInput ? BAD_INPUT : FAILED;
  }

  /** Whether the runner complains about one of its options, or about what one of them names. */
  private static boolean complainsOfAnOption(Throwable failure) {
    return failure instanceof CheckpointException
        || (failure instanceof IllegalArgumentException
            && failure.getMessage() != null
            && failure.getMessage().startsWith("option --"));
  }
}
