package dev.sluice.benchmarks;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.ParDo;

/**
 * One pipeline that runs on a thread of its own while the main thread watches. Owned by the main
 * thread. It fails as soon as the pipeline does.
 */
final class PipelineRun implements AutoCloseable {

  private static final Duration SAMPLE = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /**
   * How far the run was at one moment.
   *
   * @param nanos when
   * @param records read by the sources
   * @param allocatedBytes by all threads
   * @param cpuNanos processor time of the whole process
   */
  record Moment(long nanos, long records, long allocatedBytes, long cpuNanos) {}

  private final String name;
  private final RunMeter meter;
  private final AllocationMeter allocations = new AllocationMeter();
  private final FutureTask<PipelineResult.State> end;

  PipelineRun(String name, Workload workload, Load load, long records, PipelineOptions options) {
    this.name = name;
    this.meter = RunMeter.of(name);
    Pipeline pipeline = Pipeline.create(options);
    workload
        .apply(pipeline.apply("Read", Read.from(new RecordSource(name, load, records))), load)
        .apply("Sink", ParDo.of(new CountingSink(name)));
    this.end = new FutureTask<>(() -> pipeline.run().waitUntilFinish());
    Thread thread = new Thread(end, "benchmark:" + name);
    thread.setDaemon(true);
    thread.start();
  }

  RunMeter meter() {
    return meter;
  }

  Moment now() {
    return new Moment(
        System.nanoTime(), meter.recordsRead(), allocations.sample(), Machine.cpuNanos());
  }

  void awaitFirstRecord() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!meter.hasStarted()) {
      if (endsWithin(SAMPLE) || System.nanoTime() > deadline) {
        throw new IllegalStateException(name + ": the pipeline has not read a record");
      }
    }
  }

  /** Lets it run until this number of records was read. */
  void runUntil(long records) {
    while (meter.recordsRead() < records) {
      if (endsWithin(SAMPLE)) {
        throw new IllegalStateException(name + ": the pipeline ended before it was asked to");
      }
    }
  }

  /** Lets it run for a while; returns how far it is then. */
  Moment runFor(Duration duration) {
    long deadline = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = deadline - System.nanoTime()) {
      if (endsWithin(Duration.ofNanos(Math.min(left, SAMPLE.toNanos())))) {
        throw new IllegalStateException(name + ": the pipeline ended before it was asked to");
      }
      allocations.sample();
    }
    return now();
  }

  /** Waits until the pipeline has ended, having worked off all that was read. */
  Moment awaitEnd() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!endsWithin(SAMPLE)) {
      allocations.sample();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            name + ": the pipeline has not ended after " + PATIENCE.toSeconds() + " s");
      }
    }
    return now();
  }

  private boolean endsWithin(Duration wait) {
    try {
      PipelineResult.State state = end.get(wait.toNanos(), TimeUnit.NANOSECONDS);
      if (state != PipelineResult.State.DONE) {
        throw new IllegalStateException(name + ": the pipeline ended as " + state);
      }
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(name + ": the pipeline failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(name + ": interrupted", e);
    }
  }

  @Override
  public void close() {
    meter.stop();
    RunMeter.forget(name);
  }
}
