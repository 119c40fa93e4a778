package dev.sluice.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What is decided on an event.
 *
 * @param next the job from now on
 * @param actions what to do, in this order
 */
record Decision(JobState next, List<JobAction> actions) {
  Decision {
    actions = List.copyOf(actions);
  }

  /** The event changes nothing, or nothing is done about it. */
  static Decision nothing(JobState now) {
    return new Decision(now, List.of());
  }

  /** This, and these actions behind it. */
  Decision and(List<? extends JobAction> more) {
    List<JobAction> all = new ArrayList<>(actions);
    all.addAll(more);
    return new Decision(next, all);
  }

  /** This, and behind it what {@code rule} says of the job as it is then. */
  Decision then(Function<JobState, Decision> rule) {
    Decision further = rule.apply(next);
    return new Decision(further.next(), actions).and(further.actions());
  }
}
