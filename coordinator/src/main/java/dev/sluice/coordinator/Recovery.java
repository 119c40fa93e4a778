package dev.sluice.coordinator;

import dev.sluice.protocol.Failure;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * What failed since the last stored checkpoint, and the current restart. Immutable.
 *
 * @param failures how often each culprit has failed since
 * @param restarts how often the job was restarted since
 * @param restart the current restart, if any
 */
record Recovery(SortedMap<String, Integer> failures, int restarts, Optional<Restart> restart) {
  private static final long FIRST_DELAY_MS = 100;
  private static final long SECOND_DELAY_MS = 1_000;
  private static final long LONGEST_DELAY_MS = 60_000;

  /**
   * A job on its way from one attempt to the next.
   *
   * @param cause why the last attempt was abandoned
   * @param missing the workers on which threads of it may still live
   * @param storing whether it is not known yet if the current checkpoint was stored
   * @param searching whether it is not known yet which checkpoint to go back to
   * @param due whether the time has come, and only a worker is missing
   */
  record Restart(
      Failure cause, SortedSet<String> missing, boolean storing, boolean searching, boolean due) {

    static Restart of(Failure cause, Set<String> workers, boolean storing, boolean searching) {
      return new Restart(cause, Missing.of(workers), storing, searching, false);
    }

    Restart stoppedBy(String worker) {
      return new Restart(cause, Missing.without(missing, worker), storing, searching, due);
    }

    Restart knowingWhatIsStored() {
      return new Restart(cause, missing, false, searching, due);
    }

    Restart found() {
      return new Restart(cause, missing, storing, false, due);
    }

    Restart isDue() {
      return new Restart(cause, missing, storing, searching, true);
    }

    /** Whether nothing of the last attempt is left and it is known where to go back to. */
    boolean isReady() {
      return missing.isEmpty() && !storing && !searching;
    }
  }

  static Recovery none() {
    return new Recovery(Collections.emptySortedMap(), 0, Optional.empty());
  }

  /** {@code culprit} has failed once more, and {@code newRestart} begins. */
  Recovery begin(String culprit, Restart newRestart) {
    SortedMap<String, Integer> more = new TreeMap<>(failures);
    more.merge(culprit, 1, Integer::sum);
    return new Recovery(
        Collections.unmodifiableSortedMap(more), restarts + 1, Optional.of(newRestart));
  }

  Recovery with(Optional<Restart> newRestart) {
    return new Recovery(failures, restarts, newRestart);
  }

  /** A checkpoint was stored: what failed before it is forgiven. */
  Recovery forgiven() {
    return new Recovery(Collections.emptySortedMap(), 0, restart);
  }

  /** How often {@code culprit} has failed. */
  int failuresOf(String culprit) {
    return failures.getOrDefault(culprit, 0);
  }

  /** How long to wait before the next attempt. */
  long delayMs() {
    if (restarts <= 1) {
      return FIRST_DELAY_MS;
    }
    int doublings = Math.min(restarts - 2, 6);
    return Math.min(SECOND_DELAY_MS << doublings, LONGEST_DELAY_MS);
  }
}
