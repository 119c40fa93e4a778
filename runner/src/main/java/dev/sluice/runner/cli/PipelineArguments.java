package dev.sluice.runner.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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

  private static final Pattern UNREADABLE =
      Pattern.compile("Cannot deserialize value of type `([^`]+)` from String \"([^\"]*)\"");

  private static final String EMPTY = "Empty argument value";

  PipelineArguments {
    values = List.copyOf(values);
  }

  /** These arguments with {@code --runner=<runner>} in front unless they already name one. */
  PipelineArguments withDefaultRunner(String runner) {
    return nameRunner() ? this : with(runner, values);
  }

  /** Whether they name a runner. */
  boolean nameRunner() {
    return values.stream().anyMatch(PipelineArguments::namesRunner);
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
    String message = firstLine(failure);
    return Stream.<Predicate<String>>of(
            value -> message.equals(complaintAbout(value)), value -> fits(message, value))
        .flatMap(blames -> values.stream().filter(blames))
        .findFirst()
        .map(value -> badOption(value, failure))
        .orElseGet(() -> new UserError("options: " + message, failure));
  }

  /** What Beam says of one argument alone; of options it does not know without the user's help. */
  private static String complaintAbout(String value) {
    try {
      PipelineOptionsFactory.fromArgs(value).create();
      return "";
    } catch (IllegalArgumentException e) {
      return firstLine(e);
    }
  }

  /** Whether {@code message} can be about {@code argument}, by what it quotes. */
  private static boolean fits(String message, String argument) {
    String[] parts = argument.split("=", 2);
    String name = parts[0].replaceFirst("^--", "");
    String value = parts.length == 2 ? parts[1] : "true";
    return message.contains("'" + name + "'")
        || (value.isEmpty() && message.startsWith(EMPTY))
        || (!value.isEmpty() && message.contains("\"" + value + "\""));
  }

  private static UserError badOption(String argument, IllegalArgumentException cause) {
    if (!argument.startsWith("--")) {
      return new UserError(
          "unexpected argument '" + argument + "'; options are written as --name=value", cause);
    }
    String message = firstLine(cause);
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.find()) {
      String meant = unknown.group(2);
      return new UserError(
          "unknown option --"
              + unknown.group(1)
              + (meant == null
                  ? ": no options on the class path have it. Leave it out; if it is your own,"
                      + " register its interface by PipelineOptionsFactory.register"
                  : "; did you mean --" + meant.replaceAll("['\\[\\]]", "") + "?"),
          cause);
    }
    return new UserError("option %s: %s".formatted(argument, complaint(argument, message)), cause);
  }

  private static String complaint(String argument, String message) {
    Matcher unreadable = UNREADABLE.matcher(message);
    boolean read = !unreadable.find();
    if (message.startsWith(EMPTY) || (!read && !argument.contains("="))) {
      return "a value is missing; write %s=VALUE".formatted(argument.replaceFirst("=$", ""));
    }
    return read
        ? message
        : "'%s' is not %s".formatted(unreadable.group(2), kind(unreadable.group(1)));
  }

  private static String kind(String type) {
    return switch (type.substring(type.lastIndexOf('.') + 1)) {
      case "int", "Integer", "long", "Long", "short", "Short" -> "a whole number";
      case "float", "Float", "double", "Double" -> "a number";
      case "boolean", "Boolean" -> "a truth value; write true or false";
      default -> "a " + type;
    };
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
