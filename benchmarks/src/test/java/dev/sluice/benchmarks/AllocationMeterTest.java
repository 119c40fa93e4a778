package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.Test;

/** What other threads allocate is counted, also after their end. */
final class AllocationMeterTest {

  @Test
  void countsWhatAnotherThreadAllocatesAndKeepsItAfterItsEnd() throws InterruptedException {
    AllocationMeter meter = new AllocationMeter();
    CountDownLatch allocated = new CountDownLatch(1);
    CountDownLatch sampled = new CountDownLatch(1);
    byte[][] kept = new byte[1][];
    long before = meter.sample();
    Thread thread =
        new Thread(
            () -> {
              kept[0] = new byte[10_000_000];
              allocated.countDown();
              try {
                sampled.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    thread.start();
    allocated.await();
    long during = meter.sample();
    sampled.countDown();
    thread.join();

    assertThat(kept[0]).hasSize(10_000_000);
    assertThat(during - before).isGreaterThanOrEqualTo(10_000_000);
    assertThat(meter.sample()).isGreaterThanOrEqualTo(during);
  }

  @Test
  void knowsWhatTheSourceAllocatesByItself() {
    double bytes =
        new SourceBaseline()
            .bytesPerRecord(Load.of(Workload.B1), 2, PipelineOptionsFactory.create());

    // A pair and its two numbers, and an Instant for every fifty records.
    assertThat(bytes).isBetween(50.0, 90.0);
  }
}
