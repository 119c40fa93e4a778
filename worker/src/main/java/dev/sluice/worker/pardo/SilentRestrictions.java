package dev.sluice.worker.pardo;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.joda.time.Instant;

/**
 * Which restrictions of a splittable DoFn have brought nothing for as long as {@code
 * --idleSplitTimeoutMs} says: neither an element nor a later watermark, as far as the DoFn was
 * asked or has said itself when to ask again. While a restriction waits for its turn nobody knows.
 *
 * <p>Owned by one {@link SplittableElements}; on the heap only, since after a restore silence is
 * found again. Always true: it knows only restrictions that wait and have brought nothing lately,
 * so those that are at work cost nothing here, however many there are.
 */
final class SilentRestrictions {
  /**
   * One that waits.
   *
   * @param holdMs the watermark that it holds
   * @param sinceMs when it was last seen to bring something
   * @param silentAtMs when it is silent if nobody asks it before; {@code Long.MAX_VALUE} if that
   *     does not make it silent, or if it is
   */
  private record Waiting(long number, long holdMs, long sinceMs, long silentAtMs, boolean silent) {}

  private static final Comparator<Waiting> BY_TIME =
      Comparator.comparingLong(Waiting::silentAtMs).thenComparingLong(Waiting::number);

  private final long timeoutMs;
  private final Map<Long, Waiting> byNumber = new LinkedHashMap<>();
  private final TreeSet<Waiting> quiet = new TreeSet<>(BY_TIME);
  private final Map<Long, Integer> silentHolds = new TreeMap<>();

  SilentRestrictions(long timeoutMs) {
    this.timeoutMs = timeoutMs;
  }

  /**
   * One was taken and goes back.
   *
   * @param before its number when it was taken
   * @param now its number from now on
   * @param brought whether the DoFn has brought anything of it
   * @param nowMs the time
   * @param askAtMs when the DoFn wants to be asked again
   */
  void wentBack(long before, long now, boolean brought, Instant hold, long nowMs, long askAtMs) {
    if (timeoutMs <= 0) {
      return;
    }
    Waiting was = take(before);
    if (brought && askAtMs <= nowMs) {
      return;
    }
    long sinceMs = brought || was == null ? nowMs : was.sinceMs;
    boolean silent = nowMs - sinceMs >= timeoutMs;
    long silentAtMs = sinceMs + timeoutMs;
    put(
        new Waiting(
            now,
            hold.getMillis(),
            sinceMs,
            silent || silentAtMs > askAtMs ? Long.MAX_VALUE : silentAtMs,
            silent));
  }

  /** One was taken and does not come back. */
  void ended(long number) {
    take(number);
  }

  private void put(Waiting one) {
    byNumber.put(one.number, one);
    if (one.silent) {
      silentHolds.merge(one.holdMs, 1, Integer::sum);
    } else if (one.silentAtMs < Long.MAX_VALUE) {
      quiet.add(one);
    }
  }

  private Waiting take(long number) {
    Waiting one = byNumber.remove(number);
    if (one != null) {
      quiet.remove(one);
      if (one.silent) {
        silentHolds.computeIfPresent(one.holdMs, (hold, count) -> count == 1 ? null : count - 1);
      }
    }
    return one;
  }

  /** When the next one becomes silent by waiting; {@code Long.MAX_VALUE} if none does. */
  long nextMs() {
    return quiet.isEmpty() ? Long.MAX_VALUE : quiet.first().silentAtMs;
  }

  /** Notes those that have become silent by waiting. */
  void advance(long nowMs) {
    while (nextMs() <= nowMs) {
      Waiting one = take(quiet.first().number);
      put(new Waiting(one.number, one.holdMs, one.sinceMs, Long.MAX_VALUE, true));
    }
  }

  /** How many of them hold which watermark. */
  Map<Long, Integer> holds() {
    return silentHolds;
  }
}
