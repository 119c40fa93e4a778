package dev.sluice.worker.source;

import java.io.IOException;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/** A bounded source of the integers from {@code first} up to {@code end}; throws at -1. */
final class Numbers extends BoundedSource<Integer> {
  private final int first;
  private final int end;
  private final Instant timestamp;

  Numbers(int first, int end) {
    this(first, end, BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  /** All with the same timestamp. */
  Numbers(int first, int end, Instant timestamp) {
    this.first = first;
    this.end = end;
    this.timestamp = timestamp;
  }

  @Override
  public List<? extends BoundedSource<Integer>> split(long bytes, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public long getEstimatedSizeBytes(PipelineOptions options) {
    return (long) end - first;
  }

  @Override
  public Coder<Integer> getOutputCoder() {
    return VarIntCoder.of();
  }

  @Override
  public BoundedReader<Integer> createReader(PipelineOptions options) {
    return new Reader(this);
  }

  private static final class Reader extends BoundedReader<Integer> {
    private final Numbers source;
    private int next;
    private boolean started;
    private boolean exhausted;

    Reader(Numbers source) {
      this.source = source;
      this.next = source.first;
    }

    @Override
    public boolean start() throws IOException {
      check(!started, "started twice");
      started = true;
      return move();
    }

    @Override
    public boolean advance() throws IOException {
      check(started, "not started");
      next++;
      return move();
    }

    private boolean move() throws IOException {
      check(!exhausted, "read behind the end");
      if (next == -1) {
        throw new IOException("cannot read -1");
      }
      exhausted = next >= source.end;
      return !exhausted;
    }

    private static void check(boolean holds, String otherwise) {
      if (!holds) {
        throw new IllegalStateException(otherwise);
      }
    }

    @Override
    public Integer getCurrent() {
      if (!started || exhausted) {
        throw new NoSuchElementException();
      }
      return next;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return source.timestamp;
    }

    @Override
    public BoundedSource<Integer> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
