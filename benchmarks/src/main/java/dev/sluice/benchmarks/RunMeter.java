package dev.sluice.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one run of a pipeline has read and written so far. Sources and sinks, which the runner makes
 * from serialised copies, find it by the name of their run; that is why there is a table of runs
 * for the whole JVM. Written by the runner's threads in batches, read by the main thread.
 */
final class RunMeter {

  private static final ConcurrentMap<String, RunMeter> RUNS = new ConcurrentHashMap<>();

  /** How far the reader of one split is. Written by its reader alone. */
  static final class Split {
    private final int index;
    private final int count;
    private final AtomicLong nextIndex;

    private Split(int index, int count) {
      this.index = index;
      this.count = count;
      this.nextIndex = new AtomicLong(index);
    }

    /** Every record of the split below this index was emitted. */
    void reached(long next) {
      nextIndex.lazySet(next);
    }

    long records() {
      return (nextIndex.get() - index) / count;
    }
  }

  private final ConcurrentMap<Integer, Split> splits = new ConcurrentHashMap<>();
  private final LongAdder sinkCount = new LongAdder();
  private final LongAdder sinkSum = new LongAdder();
  private final AtomicLong firstNanos = new AtomicLong();
  private final AtomicLong lastNanos = new AtomicLong();
  private volatile boolean stopped;

  private RunMeter() {}

  static RunMeter of(String run) {
    return RUNS.computeIfAbsent(run, name -> new RunMeter());
  }

  /** Drops the meter of a run that has ended. */
  static void forget(String run) {
    RUNS.remove(run);
  }

  Split split(int index, int count) {
    firstNanos.compareAndSet(0, System.nanoTime());
    return splits.computeIfAbsent(index, i -> new Split(index, count));
  }

  /** What a sink has seen since it last said so. */
  void sank(long count, long sum) {
    sinkCount.add(count);
    sinkSum.add(sum);
    lastNanos.set(System.nanoTime());
  }

  /** Asks the sources to end soon. */
  void stop() {
    stopped = true;
  }

  boolean isStopped() {
    return stopped;
  }

  boolean hasStarted() {
    return firstNanos.get() != 0;
  }

  /** From the first reader's start to the last bundle of a sink. */
  double activeSeconds() {
    return (lastNanos.get() - firstNanos.get()) / 1e9;
  }

  long recordsRead() {
    return splits.values().stream().mapToLong(Split::records).sum();
  }

  /** By split, how many records it has emitted. */
  long[] recordsBySplit() {
    Map<Integer, Split> ordered = new TreeMap<>(splits);
    int count = ordered.values().stream().mapToInt(split -> split.count).max().orElse(1);
    long[] records = new long[count];
    ordered.forEach((index, split) -> records[index] = split.records());
    return records;
  }

  Answer sunk() {
    return new Answer(sinkCount.sum(), sinkSum.sum());
  }
}
