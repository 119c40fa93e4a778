package dev.sluice.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;

/**
 * How many bytes the threads of this JVM have allocated, the calling one excepted. Owned by the
 * main thread, which samples often: a thread that ends takes its figure with it, so the last one
 * seen is kept.
 */
final class AllocationMeter {

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Map<Long, Long> bytesByThread = new HashMap<>();

  /** The bytes allocated so far, up to now for threads that live. */
  long sample() {
    long self = Thread.currentThread().getId();
    long[] ids = threads.getAllThreadIds();
    long[] bytes = threads.getThreadAllocatedBytes(ids);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != self && bytes[i] >= 0) {
        bytesByThread.merge(ids[i], bytes[i], Math::max);
      }
    }
    return bytesByThread.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The bytes that the calling thread has allocated. */
  long ofCurrentThread() {
    return threads.getCurrentThreadAllocatedBytes();
  }
}
