package dev.sluice.runner;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * A source that ticks when a test says so: it has the numbers from 1 to the last tick, each at as
 * many milliseconds. A job that was stopped meanwhile finds all of them at once.
 */
final class Ticks extends UnboundedSource<Long, Ticks.Mark> {
  private static final long serialVersionUID = 1L;
  private static final Map<String, Long> LAST = new ConcurrentHashMap<>();

  private final String name;

  Ticks(String name) {
    this.name = name;
  }

  /** Ticks of this name go on to {@code last}. */
  static void tick(String name, long last) {
    LAST.put(name, last);
  }

  /** The last tick of this name. */
  static long last(String name) {
    return LAST.getOrDefault(name, 0L);
  }

  @Override
  public List<Ticks> split(int splits, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public UnboundedReader<Long> createReader(PipelineOptions options, Mark mark) {
    return new Reader(this, mark == null ? 0 : mark.position);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<Long> getOutputCoder() {
    return VarLongCoder.of();
  }

  /** The tick that was read last. */
  record Mark(long position) implements CheckpointMark, Serializable {
    @Override
    public void finalizeCheckpoint() {}
  }

  private static final class Reader extends UnboundedReader<Long> {
    private final Ticks source;
    private long position;

    Reader(Ticks source, long position) {
      this.source = source;
      this.position = position;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      if (position >= last(source.name)) {
        return false;
      }
      position++;
      return true;
    }

    @Override
    public Long getCurrent() {
      if (position == 0) {
        throw new NoSuchElementException();
      }
      return position;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(position);
    }

    @Override
    public Instant getWatermark() {
      return position == 0 ? BoundedWindow.TIMESTAMP_MIN_VALUE : Instant.ofEpochMilli(position);
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(position);
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
