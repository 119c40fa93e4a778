package dev.sluice.runner;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * An unbounded source that ends: after a number of records, after a time, or with the source within
 * it.
 *
 * <p>Immutable; a reader belongs to its task. Always true: the watermark stays at its least until
 * the end, as it does for whoever reads a bounded collection, so that nothing of it is ever late.
 */
final class LimitedSource<T, M extends CheckpointMark>
    extends UnboundedSource<T, LimitedSource.Mark<M>> {
  private static final long serialVersionUID = 1;

  /** A further split does not pay for fewer records. */
  private static final long LEAST_RECORDS_OF_A_SPLIT = 10_000;

  private static final long NO_DEADLINE = Long.MAX_VALUE;

  private final UnboundedSource<T, M> source;
  private final long maxRecords;
  private final long maxReadMs;

  /**
   * @param maxRecords how many records are read at most
   * @param maxReadMs for how long each split is read at most; {@link Long#MAX_VALUE} for no limit
   */
  LimitedSource(UnboundedSource<T, M> source, long maxRecords, long maxReadMs) {
    this.source = source;
    this.maxRecords = maxRecords;
    this.maxReadMs = maxReadMs;
  }

  @Override
  public List<LimitedSource<T, M>> split(int desiredSplits, PipelineOptions options)
      throws Exception {
    // With a limit of time alone nobody knows how much there is, and a source with a rate, split,
    // comes in bursts: it is read whole.
    int worthwhile =
        maxRecords == Long.MAX_VALUE
            ? 1
            : (int) Math.min(desiredSplits, maxRecords / LEAST_RECORDS_OF_A_SPLIT + 1);
    List<? extends UnboundedSource<T, M>> parts = source.split(worthwhile, options);
    List<LimitedSource<T, M>> splits = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      long records = maxRecords / parts.size() + (i < maxRecords % parts.size() ? 1 : 0);
      splits.add(new LimitedSource<>(parts.get(i), records, maxReadMs));
    }
    return splits;
  }

  @Override
  public UnboundedReader<T> createReader(PipelineOptions options, @Nullable Mark<M> mark)
      throws IOException {
    Mark<M> begin = mark == null ? new Mark<>(null, 0, NO_DEADLINE, false) : mark;
    return new Reader<>(this, source.createReader(options, begin.inner()), begin);
  }

  @Override
  public void validate() {
    source.validate();
  }

  @Override
  public boolean requiresDeduping() {
    return source.requiresDeduping();
  }

  @Override
  public Coder<T> getOutputCoder() {
    return source.getOutputCoder();
  }

  @Override
  public Coder<Mark<M>> getCheckpointMarkCoder() {
    return new MarkCoder<>(NullableCoder.of(source.getCheckpointMarkCoder()));
  }

  /**
   * How far a split has been read.
   *
   * @param inner the mark of the source within
   * @param read how many records
   * @param deadlineMs when reading ends, on the wall clock
   * @param taken whether a reader that is open has taken {@code inner}; one that was restored is of
   *     a reader that is gone, and not to be finalized
   */
  record Mark<M extends CheckpointMark>(
      @Nullable M inner, long read, long deadlineMs, boolean taken) implements CheckpointMark {
    @Override
    public void finalizeCheckpoint() throws IOException {
      if (taken && inner != null) {
        inner.finalizeCheckpoint();
      }
    }
  }

  /** Encodes a {@link Mark} by the coder of the source within. Immutable. */
  private static final class MarkCoder<M extends CheckpointMark> extends CustomCoder<Mark<M>> {
    private static final long serialVersionUID = 1;
    private static final VarLongCoder LONGS = VarLongCoder.of();

    private final Coder<M> inner;

    MarkCoder(Coder<M> inner) {
      this.inner = inner;
    }

    @Override
    public void encode(Mark<M> mark, OutputStream out) throws IOException {
      LONGS.encode(mark.read(), out);
      LONGS.encode(mark.deadlineMs(), out);
      inner.encode(mark.inner(), out);
    }

    @Override
    public Mark<M> decode(InputStream in) throws IOException {
      long read = LONGS.decode(in);
      long deadlineMs = LONGS.decode(in);
      return new Mark<>(inner.decode(in), read, deadlineMs, false);
    }

    @Override
    public void verifyDeterministic() throws NonDeterministicException {
      inner.verifyDeterministic();
    }
  }

  /** Reads until a limit is reached. Owned by the task that reads the split. */
  private static final class Reader<T, M extends CheckpointMark> extends UnboundedReader<T> {
    private final LimitedSource<T, M> source;
    private final UnboundedReader<T> inner;
    private final @Nullable M begin;
    private long read;
    private long deadlineMs;
    private boolean innerStarted;
    private boolean ended;

    Reader(LimitedSource<T, M> source, UnboundedReader<T> inner, Mark<M> begin) {
      this.source = source;
      this.inner = inner;
      this.begin = begin.inner();
      this.read = begin.read();
      this.deadlineMs = begin.deadlineMs();
    }

    @Override
    public boolean start() throws IOException {
      if (deadlineMs == NO_DEADLINE && source.maxReadMs < NO_DEADLINE) {
        deadlineMs = System.currentTimeMillis() + source.maxReadMs;
      }
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      if (reachedLimit()) {
        return false;
      }
      if (innerStarted) {
        return counted(inner.advance());
      }
      innerStarted = true;
      return counted(inner.start());
    }

    private boolean reachedLimit() {
      ended |= read >= source.maxRecords;
      ended |= deadlineMs < NO_DEADLINE && System.currentTimeMillis() >= deadlineMs;
      return ended;
    }

    private boolean counted(boolean available) {
      if (available) {
        read++;
      } else {
        ended |= !inner.getWatermark().isBefore(BoundedWindow.TIMESTAMP_MAX_VALUE);
      }
      return available;
    }

    @Override
    public Instant getWatermark() {
      return ended ? BoundedWindow.TIMESTAMP_MAX_VALUE : BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @Override
    @SuppressWarnings("unchecked") // what a reader gives is what its source takes
    public CheckpointMark getCheckpointMark() {
      // Restored at its limit it never starts: there is nothing to ask, the mark still stands.
      return innerStarted
          ? new Mark<>((M) inner.getCheckpointMark(), read, deadlineMs, true)
          : new Mark<>(begin, read, deadlineMs, false);
    }

    @Override
    public T getCurrent() throws NoSuchElementException {
      return inner.getCurrent();
    }

    @Override
    public Instant getCurrentTimestamp() throws NoSuchElementException {
      return inner.getCurrentTimestamp();
    }

    @Override
    public byte[] getCurrentRecordId() throws NoSuchElementException {
      return inner.getCurrentRecordId();
    }

    @Override
    public UnboundedSource<T, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      inner.close();
    }
  }
}
