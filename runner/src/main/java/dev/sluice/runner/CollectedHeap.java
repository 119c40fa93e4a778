package dev.sluice.runner;

import dev.sluice.state.store.HeapGauge;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;

/**
 * This JVM's heap as its collector left it: what is in use of the part where old objects live.
 *
 * <p>Any thread may ask; it locks. The JVM says what was in use after the last collection of that
 * part, but not which collection that was (counts of collections include those that left it alone),
 * so a collection counts when what it left differs from what the one before left.
 */
final class CollectedHeap implements HeapGauge {
  private final List<MemoryPoolMXBean> oldPools;
  private long lastUsedBytes;
  private long collections;

  CollectedHeap() {
    // Only where old objects live does the JVM watch for a threshold of use.
    oldPools =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP && pool.isUsageThresholdSupported())
            .toList();
  }

  @Override
  public synchronized Reading read() {
    long used = 0;
    long max = 0;
    for (MemoryPoolMXBean pool : oldPools) {
      MemoryUsage collected = pool.getCollectionUsage();
      used += collected == null ? 0 : collected.getUsed();
      max += Math.max(0, pool.getUsage().getMax());
    }
    if (used != lastUsedBytes) {
      lastUsedBytes = used;
      collections++;
    }
    return new Reading(collections, used, max > 0 ? max : Runtime.getRuntime().maxMemory());
  }
}
