package dev.sluice.worker.pardo;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * How long the states of a job live after they were written last: what {@link
 * StateOptions#getStateTtl} says. Immutable.
 */
public final class StateTtl {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
  private static final Map<String, Long> UNITS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private final List<Rule> rules;

  private StateTtl(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * One part of the option.
   *
   * @param state a state's id, or the name of a transform around it, a slash and the id
   */
  private record Rule(String text, String state, long millis) {
    boolean isFor(String transform, String id) {
      if (state.equals(id)) {
        return true;
      }
      String around = state.substring(0, Math.max(0, state.length() - id.length()));
      return around.length() > 1
          && around.endsWith("/")
          && state.endsWith(id)
          && (transform + "/").startsWith(around);
    }
  }

  /**
   * Reads the option.
   *
   * @throws IllegalArgumentException if a part of it is no id and duration
   */
  public static StateTtl of(PipelineOptions options) {
    List<Rule> rules = new ArrayList<>();
    List<String> given = options.as(StateOptions.class).getStateTtl();
    if (given != null) {
      given.forEach(text -> rules.add(rule(text)));
    }
    return new StateTtl(List.copyOf(rules));
  }

  private static Rule rule(String text) {
    int equals = text.lastIndexOf('=');
    Matcher duration = DURATION.matcher(text.substring(equals + 1));
    if (equals < 1 || !duration.matches()) {
      throw new IllegalArgumentException(
          "option --stateTtl: '"
              + text
              + "' is not the id of a state with a time and its unit; write for example seen=10m, with"
              + " one of the units ms, s, m, h and d");
    }
    long millis =
        Math.multiplyExact(Long.parseLong(duration.group(1)), UNITS.get(duration.group(2)));
    if (millis == 0) {
      throw new IllegalArgumentException(
          "option --stateTtl: '" + text + "' would forget the state at once; leave it out instead");
    }
    return new Rule(text, text.substring(0, equals), millis);
  }

  /** Returns the milliseconds that states of a transform live, of those that do not for ever. */
  Map<String, Long> millisOf(String transform, Collection<String> stateIds) {
    Map<String, Long> millis = new LinkedHashMap<>();
    for (String id : stateIds) {
      for (Rule rule : rules) {
        if (rule.isFor(transform, id)) {
          millis.merge(id, rule.millis, Math::min);
        }
      }
    }
    return millis;
  }

  /**
   * Checks that every part of the option is about a state that there is.
   *
   * @param states the ids of the states of each transform
   * @throws IllegalArgumentException naming the one that is not
   */
  public void check(Map<String, ? extends Collection<String>> states) {
    for (Rule rule : rules) {
      boolean known =
          states.entrySet().stream()
              .anyMatch(of -> of.getValue().stream().anyMatch(id -> rule.isFor(of.getKey(), id)));
      if (!known) {
        throw new IllegalArgumentException(
            "option --stateTtl: '"
                + rule.text
                + "' names no state of this pipeline; its states are "
                + states);
      }
    }
  }
}
