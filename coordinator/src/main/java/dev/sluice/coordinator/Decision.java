package dev.sluice.coordinator;

import java.util.List;

/**
 * What an event comes to.
 *
 * @param next the job from now on
 * @param actions what to do, in this order
 */
record Decision(JobState next, List<JobAction> actions) {
  Decision {
    actions = List.copyOf(actions);
  }

  /** The event changes nothing. */
  static Decision nothing(JobState now) {
    return new Decision(now, List.of());
  }
}
