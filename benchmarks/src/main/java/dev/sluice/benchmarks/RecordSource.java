package dev.sluice.benchmarks;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * An unbounded source of {@link Records}. Split i of n emits the records i, i+n, i+2n and so on,
 * and ends after the last record or soon after its run was asked to stop. Made to cost as little as
 * Beam's interfaces allow: per record a pair and its two numbers, and one Instant per millisecond.
 */
final class RecordSource extends UnboundedSource<KV<Long, Long>, RecordSource.Position> {

  /** The index of the next record of a split. */
  record Position(long next) implements UnboundedSource.CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private final String run;
  private final Load load;
  private final long records;
  private final int split;
  private final int splits;

  /** The whole of it; ends by itself after {@code records}. */
  RecordSource(String run, Load load, long records) {
    this(run, load, records, 0, 1);
  }

  private RecordSource(String run, Load load, long records, int split, int splits) {
    this.run = run;
    this.load = load;
    this.records = records;
    this.split = split;
    this.splits = splits;
  }

  @Override
  public List<RecordSource> split(int desiredNumSplits, PipelineOptions options) {
    List<RecordSource> parts = new ArrayList<>();
    for (int i = 0; i < desiredNumSplits; i++) {
      parts.add(new RecordSource(run, load, records, i, desiredNumSplits));
    }
    return parts;
  }

  @Override
  public UnboundedReader<KV<Long, Long>> createReader(
      PipelineOptions options, @Nullable Position mark) {
    return new Reader(this, mark == null ? split : mark.next());
  }

  @Override
  public Coder<Position> getCheckpointMarkCoder() {
    return SerializableCoder.of(Position.class);
  }

  @Override
  public Coder<KV<Long, Long>> getOutputCoder() {
    return KvCoder.of(VarLongCoder.of(), VarLongCoder.of());
  }

  /** Reads one split. Owned by whichever thread of the runner reads it. */
  static final class Reader extends UnboundedReader<KV<Long, Long>> {

    /** The meter is updated, and asked whether to stop, once in this number of records. */
    private static final int PUBLISH_INTERVAL = 1024;

    private final RecordSource source;
    private final RunMeter run;
    private final RunMeter.Split meter;
    private final int step;
    private final Keys keys;
    private final Load.Pace pace;
    private long pacedSinceNanos;
    private long pacedSinceIndex;
    private long end;
    private long next;

    /** One, because a runner may make a new reader for every few records. */
    private int untilPublish = 1;

    private boolean ended;
    private @Nullable KV<Long, Long> current;
    private long timestampMs = -1;
    private Instant timestamp = BoundedWindow.TIMESTAMP_MIN_VALUE;

    private Reader(RecordSource source, long next) {
      this.source = source;
      this.run = RunMeter.of(source.run);
      this.meter = run.split(source.split, source.splits);
      this.step = source.splits;
      this.keys = source.load.keys();
      this.pace = source.load.pace();
      this.end = source.records;
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (--untilPublish == 0) {
        publish();
      }
      long index = next;
      if (index >= end) {
        return end();
      }
      if (index >= pace.from() && isEarly(index)) {
        return false;
      }
      long mixed = Records.mix(index);
      current = KV.of(keys.key(index, mixed), Records.value(mixed));
      long millis = Records.timestampMs(index);
      if (millis != timestampMs) {
        timestampMs = millis;
        timestamp = Instant.ofEpochMilli(millis);
      }
      next = index + step;
      return true;
    }

    /** Says whether the time of a record has not come yet; it counts from the first such record. */
    private boolean isEarly(long index) {
      if (pacedSinceNanos == 0) {
        pacedSinceNanos = System.nanoTime();
        pacedSinceIndex = index;
      }
      double dueNanos = (index - pacedSinceIndex) * 1e9 / pace.recordsPerSecond();
      if (System.nanoTime() - pacedSinceNanos >= dueNanos) {
        return false;
      }
      publish();
      current = null;
      return true;
    }

    private void publish() {
      untilPublish = PUBLISH_INTERVAL;
      meter.reached(next);
      if (run.isStopped()) {
        end = next;
      }
    }

    private boolean end() {
      publish();
      current = null;
      ended = true;
      return false;
    }

    @Override
    public KV<Long, Long> getCurrent() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return current;
    }

    @Override
    public Instant getCurrentTimestamp() {
      if (current == null) {
        throw new NoSuchElementException();
      }
      return timestamp;
    }

    @Override
    public Instant getWatermark() {
      return ended ? BoundedWindow.TIMESTAMP_MAX_VALUE : timestamp;
    }

    @Override
    public Position getCheckpointMark() {
      return new Position(next);
    }

    @Override
    public UnboundedSource<KV<Long, Long>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {
      meter.reached(next);
    }
  }
}
