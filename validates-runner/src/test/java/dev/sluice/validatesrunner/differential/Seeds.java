package dev.sluice.validatesrunner.differential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A range of seeds.
 *
 * @param first the first
 * @param last the last, which is in the range
 */
record Seeds(long first, long last) {
  private static final int LANES = 4;

  /**
   * The seeds in the system property {@code sluice.differential.seeds} or the environment variable
   * {@code SLUICE_DIFFERENTIAL_SEEDS}, or else 200.
   */
  static Seeds ofThisRun() {
    String property = System.getProperty("sluice.differential.seeds");
    String variable = System.getenv("SLUICE_DIFFERENTIAL_SEEDS");
    return parse(property != null ? property : variable != null ? variable : "1-200");
  }

  /** Reads {@code 7} or {@code 1-200}. */
  static Seeds parse(String text) {
    String[] ends = text.split("-", -1);
    return new Seeds(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
  }

  long count() {
    return last - first + 1;
  }

  /**
   * Runs the pipelines of all seeds, several at a time.
   *
   * @param report is told each difference when it is found
   * @return the differences
   */
  List<String> compare(Consumer<String> report) throws InterruptedException {
    List<String> differences = Collections.synchronizedList(new ArrayList<>());
    ExecutorService lanes = Executors.newFixedThreadPool(LANES);
    try {
      for (long seed = first; seed <= last; seed++) {
        long of = seed;
        lanes.execute(
            () ->
                Differential.of(of)
                    .ifPresent(
                        difference -> {
                          differences.add(difference);
                          report.accept(difference);
                        }));
      }
      lanes.shutdown();
      lanes.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } finally {
      lanes.shutdownNow();
    }
    return differences;
  }
}
