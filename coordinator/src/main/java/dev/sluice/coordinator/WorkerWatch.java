package dev.sluice.coordinator;

import dev.sluice.protocol.Heartbeat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the workers that have been silent for too long.
 *
 * <p>Owned by the coordinator's loop. It counts ticks of that loop instead of reading a clock: a
 * process that was suspended finds one late tick, and then the heartbeats that came meanwhile,
 * instead of a time at which everybody is lost.
 */
final class WorkerWatch {
  /** How long a worker may be silent. */
  static final long LIMIT_MS = 10_000;

  private static final long LIMIT_TICKS = LIMIT_MS / Heartbeat.INTERVAL_MS;

  private final Map<String, Long> silentTicks = new LinkedHashMap<>();

  /** {@code worker} is alive; whether it was not watched before. */
  boolean heardOf(String worker) {
    return silentTicks.put(worker, 0L) == null;
  }

  /** One more interval of a heartbeat has passed; those that are lost, and no longer watched. */
  List<String> tick() {
    List<String> lost = new ArrayList<>();
    silentTicks.replaceAll((worker, ticks) -> ticks + 1);
    silentTicks.forEach(
        (worker, ticks) -> {
          if (ticks > LIMIT_TICKS) {
            lost.add(worker);
          }
        });
    lost.forEach(silentTicks::remove);
    return lost;
  }

  /** Whether there is anybody to watch. */
  boolean isWatching() {
    return !silentTicks.isEmpty();
  }

  /** Forgets how long anybody has been silent: nobody has listened. */
  void restart() {
    silentTicks.replaceAll((worker, ticks) -> 0L);
  }
}
