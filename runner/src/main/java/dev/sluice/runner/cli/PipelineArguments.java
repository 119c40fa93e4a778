package dev.sluice.runner.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/**
 * The part of a command line that belongs to Beam: {@code --name=value} for {@link
 * PipelineOptions}.
 *
 * <p>Immutable. Adds the runner if none is named, and says which option is at fault when one cannot
 * be read, which Beam's own messages do not.
 */
record PipelineArguments(List<String> values) {
  private static final Pattern UNKNOWN =
      Pattern.compile(
          "missing a property named '([^']*)'\\.(?: Did you mean (?:one of )?(.*)\\?)?");

  PipelineArguments {
    values = List.copyOf(values);
  }

  /** These arguments with {@code --runner=<runner>} in front unless they already name one. */
  PipelineArguments withDefaultRunner(String runner) {
    return values.stream().anyMatch(PipelineArguments::namesRunner) ? this : with(runner, values);
  }

  /** These arguments with {@code --runner=<runner>} in the place of any other. */
  PipelineArguments withRunner(String runner) {
    return with(runner, values.stream().filter(value -> !namesRunner(value)).toList());
  }

  /** These arguments and one more behind them. */
  PipelineArguments and(String argument) {
    List<String> all = new ArrayList<>(values);
    all.add(argument);
    return new PipelineArguments(all);
  }

  /** The options these arguments stand for. */
  PipelineOptions parse() {
    // One by one first: this is how the option that is wrong gets its name into the message.
    for (String value : values) {
      try {
        PipelineOptionsFactory.fromArgs(value).create();
      } catch (IllegalArgumentException e) {
        throw badOption(value, e);
      }
    }
    try {
      return PipelineOptionsFactory.fromArgs(values.toArray(String[]::new)).create();
    } catch (IllegalArgumentException e) {
      throw new UserError("options " + String.join(" ", values) + ": " + firstLine(e), e);
    }
  }

  /**
   * If {@code failure} is Beam's complaint about one of these arguments, the same said clearly.
   * Otherwise null.
   */
  UserError blamed(IllegalArgumentException failure) {
    boolean fromOptions = false;
    for (StackTraceElement frame : failure.getStackTrace()) {
      fromOptions |= frame.getClassName().startsWith(PipelineOptionsFactory.class.getName());
    }
    if (!fromOptions) {
      return null;
    }
    for (String value : values) {
      String[] parts = value.split("=", 2);
      String blamable = parts.length == 2 ? parts[1] : parts[0].replaceFirst("^--", "");
      String name = parts[0].replaceFirst("^--", "");
      String message = String.valueOf(failure.getMessage());
      if (message.contains("'" + name + "'")
          || (!blamable.isEmpty() && message.contains("\"" + blamable + "\""))) {
        return badOption(value, failure);
      }
    }
    return new UserError("options: " + firstLine(failure), failure);
  }

  private static UserError badOption(String argument, IllegalArgumentException cause) {
    if (!argument.startsWith("--")) {
      return new UserError("unexpected argument '" + argument + "'", cause);
    }
    String message = firstLine(cause);
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.find()) {
      String meant = unknown.group(2);
      return new UserError(
          "unknown option --"
              + unknown.group(1)
              + (meant == null
                  ? ""
                  : "; did you mean --" + meant.replaceAll("['\\[\\]]", "") + "?"),
          cause);
    }
    return new UserError("option " + argument + ": " + message, cause);
  }

  private static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  private static boolean namesRunner(String argument) {
    return argument.startsWith("--runner=");
  }

  private static PipelineArguments with(String runner, List<String> others) {
    List<String> all = new ArrayList<>();
    all.add("--runner=" + runner);
    all.addAll(others);
    return new PipelineArguments(all);
  }
}
