package dev.sluice.runner;

import com.sun.management.ThreadMXBean;
import dev.sluice.worker.task.TaskThreads.Suspect;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Which task allocates most just now. Stateless; waits while it measures. */
final class AllocationRate {
  private static final long MEASURE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final Suspect NOBODY = new Suspect(-1, "no task", "");

  private AllocationRate() {}

  /** The one of the suspects that has allocated most within a moment. */
  static Suspect highest(Supplier<List<Suspect>> suspects) {
    Map<Long, Long> before = new HashMap<>();
    suspects.get().forEach(suspect -> before.put(suspect.thread(), bytesOf(suspect)));
    LockSupport.parkNanos(MEASURE_NANOS);
    Suspect highest = NOBODY;
    long most = -1;
    for (Suspect suspect : suspects.get()) {
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
