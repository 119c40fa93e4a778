package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** The engine allocates nothing for a record once its windows and keys are known. */
class AllocationTest {
  private static final int RECORDS = 100_000;
  // A little for what the JVM itself allocates in between, far below one object for each record.
  private static final long ALLOWED_BYTES = RECORDS / 4;

  @Test
  void assigningWindowsAllocatesNothing() {
    for (WindowFn<Object, ?> fn :
        List.of(
            FixedWindows.of(Duration.millis(1_000)),
            SlidingWindows.of(Duration.millis(1_000)).every(Duration.millis(500)))) {
      WindowsByTime byTime = WindowsByTime.of(fn);
      assertThat(
              allocatedBytes(
                  i -> {
                    // Back and forth between the windows that are remembered.
                    if (byTime.windowsAt((i * 7_919L) % 20_000).isEmpty()) {
                      throw new AssertionError();
                    }
                  }))
          .as(fn.toString())
          .isLessThan(ALLOWED_BYTES);
    }
  }

  @Test
  void combiningByWindowAllocatesNothing() {
    try (GroupingDriver driver = sums().chosenCombine()) {
      assertThat(driver.operator()).isInstanceOf(WindowedCombineOperator.class);
      assertThat(receiving(driver.operator())).isLessThan(ALLOWED_BYTES);
    }
  }

  @Test
  void passingTheCombineBeforeTheExchangeAllocatesNothing() {
    try (GroupingDriver driver = sums().partialCombine()) {
      assertThat(receiving(driver.operator())).isLessThan(ALLOWED_BYTES);
    }
  }

  private static GroupingSubject sums() {
    Window<KV<String, Long>> window = Window.into(FixedWindows.of(Duration.millis(1_000)));
    return GroupingSubject.combine(StringUtf8Coder.of(), VarLongCoder.of(), window, Sum.ofLongs());
  }

  private static long receiving(GroupingOperator operator) {
    WindowsByTime byTime = WindowsByTime.of(FixedWindows.of(Duration.millis(1_000)));
    KV<?, ?>[] records = new KV<?, ?>[1_000];
    for (int i = 0; i < records.length; i++) {
      records[i] = KV.of("key" + i, (long) i);
    }
    operator.startBundle();
    return allocatedBytes(
        i -> {
          long timestampMs = (i * 7L) % 3_000;
          Collection<? extends BoundedWindow> windows = byTime.windowsAt(timestampMs);
          KV<?, ?> value = records[i % records.length];
          operator.receiveKeyed(
              value, i % records.length, false, timestampMs, windows, PaneInfo.NO_FIRING);
        });
  }

  private interface PerRecord {
    void accept(int record);
  }

  /** What the last of some rounds allocates; the rounds before warm up and fill the tables. */
  private static long allocatedBytes(PerRecord action) {
    com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = Long.MAX_VALUE;
    for (int round = 0; round < 4; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RECORDS; i++) {
        action.accept(i);
      }
      bytes = threads.getCurrentThreadAllocatedBytes() - before;
    }
    return bytes;
  }
}
