package dev.sluice.runner;

import dev.sluice.protocol.world.Exceptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was thrown in this process, beside the reports of it, so that a program gets its own
 * exception as the cause.
 *
 * <p>Any thread. Always true: it holds the last {@value #MOST} only, of which most are of failures
 * that a job has recovered from.
 */
final class LiveExceptions implements Exceptions {
  private static final int MOST = 64;

  private final Map<Long, Throwable> kept = new LinkedHashMap<>(); // guarded by this
  private long last;

  @Override
  public synchronized long keep(Throwable thrown) {
    last++;
    kept.put(last, thrown);
    if (kept.size() > MOST) {
      kept.remove(kept.keySet().iterator().next());
    }
    return last;
  }

  /** What is kept under a number. */
  synchronized Optional<Throwable> find(long number) {
    return Optional.ofNullable(kept.get(number));
  }
}
