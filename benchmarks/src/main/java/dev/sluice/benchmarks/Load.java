package dev.sluice.benchmarks;

import java.io.Serializable;

/**
 * What a workload is fed with, and how large its state is.
 *
 * @param keys which key each record has
 * @param valueBytes the size of a value in state; 0 for a plain number
 * @param pace how fast records come
 */
record Load(Keys keys, int valueBytes, Pace pace) implements Serializable {

  /**
   * How fast records come: as fast as the runner takes them, or at a steady rate from some record
   * on.
   *
   * @param from the index of the first record that has to wait for its time
   * @param recordsPerSecond 0 for no limit
   */
  record Pace(long from, long recordsPerSecond) implements Serializable {
    static final Pace UNLIMITED = new Pace(Long.MAX_VALUE, 0);
  }

  static Load of(Workload workload) {
    return new Load(Keys.uniform(workload.keys()), 0, Pace.UNLIMITED);
  }

  static Load of(Workload workload, BenchmarkOptions options) {
    long count = options.getKeys() > 0 ? options.getKeys() : workload.keys();
    boolean eachOnce = options.isEachKeyOnceAtFirst();
    long rate = options.getRecordsPerSecond();
    Pace pace = rate > 0 ? new Pace(eachOnce ? count : 0, rate) : Pace.UNLIMITED;
    return new Load(
        new Keys(count, Keys.Distribution.named(options.getDistribution()), eachOnce),
        options.getValueBytes(),
        pace);
  }
}
