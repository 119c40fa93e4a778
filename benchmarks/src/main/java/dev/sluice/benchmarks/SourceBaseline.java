package dev.sluice.benchmarks;

import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * What the source allocates by itself: its reader driven by a plain loop, without any runner. To be
 * subtracted from what a run allocates, before the engine is blamed for the rest.
 */
final class SourceBaseline {

  private static final long RECORDS = 2_000_000;

  /** Keeps what the loop reads reachable, so that its allocation is not optimised away. */
  private KV<Long, Long> lastRecord = KV.of(0L, 0L);

  private Instant lastTimestamp = Instant.EPOCH;

  /** Bytes per record, with the same number of splits as in the run. */
  double bytesPerRecord(Load load, int splits, PipelineOptions options) {
    String run = "baseline";
    try {
      RecordSource whole =
          new RecordSource(run, new Load(load.keys(), 0, Load.Pace.UNLIMITED), RECORDS * splits);
      read(whole.split(splits, options).get(0).createReader(options, null));
      AllocationMeter meter = new AllocationMeter();
      UnboundedSource.UnboundedReader<KV<Long, Long>> reader =
          whole.split(splits, options).get(0).createReader(options, null);
      long before = meter.ofCurrentThread();
      read(reader);
      return (double) (meter.ofCurrentThread() - before) / RECORDS;
    } finally {
      RunMeter.forget(run);
    }
  }

  private void read(UnboundedSource.UnboundedReader<KV<Long, Long>> reader) {
    RecordSource.Reader records = (RecordSource.Reader) reader;
    for (boolean more = records.start(); more; more = records.advance()) {
      lastRecord = records.getCurrent();
      lastTimestamp = records.getCurrentTimestamp();
    }
    if (lastRecord.getValue() < 0 || lastTimestamp.getMillis() < 0) {
      throw new IllegalStateException("a record that cannot be: " + lastRecord);
    }
  }
}
