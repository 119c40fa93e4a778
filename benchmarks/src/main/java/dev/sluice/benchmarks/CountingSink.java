package dev.sluice.benchmarks;

import org.apache.beam.sdk.transforms.DoFn;

/** Counts and sums what arrives, and tells the meter of its run once per bundle. */
final class CountingSink extends DoFn<Long, Void> {

  private final String run;
  private transient RunMeter meter;
  private transient long count;
  private transient long sum;

  CountingSink(String run) {
    this.run = run;
  }

  @Setup
  public void setup() {
    meter = RunMeter.of(run);
  }

  @StartBundle
  public void startBundle() {
    count = 0;
    sum = 0;
  }

  @ProcessElement
  public void processElement(@Element Long value) {
    count++;
    sum += value;
  }

  @FinishBundle
  public void finishBundle() {
    meter.sank(count, sum);
  }
}
