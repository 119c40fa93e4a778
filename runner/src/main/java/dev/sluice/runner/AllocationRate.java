package dev.sluice.runner;

import com.sun.management.ThreadMXBean;
import dev.sluice.worker.task.TaskThreads.Suspect;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which task allocates most: what its thread has allocated since it was looked at last.
 *
 * <p>Owned by the thread of the {@link HeapGuard}.
 */
final class AllocationRate {
  private static final Suspect NOBODY = new Suspect(-1, "no task", "");

  private Map<Long, Long> before = Map.of();

  /** Notes what each has allocated until now. */
  void look(List<Suspect> suspects) {
    Map<Long, Long> now = new HashMap<>();
    suspects.forEach(suspect -> now.put(suspect.thread(), bytesOf(suspect)));
    before = now;
  }

  /** The one that has allocated most since the last {@link #look}. */
  Suspect highest(List<Suspect> suspects) {
    Suspect highest = NOBODY;
    long most = -1;
    for (Suspect suspect : suspects) {
      long bytes = bytesOf(suspect) - before.getOrDefault(suspect.thread(), 0L);
      if (bytes > most) {
        most = bytes;
        highest = suspect;
      }
    }
    return highest;
  }

  /** A JVM that does not count says so by -1. */
  private static long bytesOf(Suspect suspect) {
    return ManagementFactory.getThreadMXBean() instanceof ThreadMXBean counting
        ? counting.getThreadAllocatedBytes(suspect.thread())
        : -1;
  }
}
