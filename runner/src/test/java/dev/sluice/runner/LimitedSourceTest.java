package dev.sluice.runner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.CoderUtils;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * A read up to a limit resumes where it left off, to the same limit, and its marks are finalized.
 */
class LimitedSourceTest {
  private static final AtomicLong FINALIZED = new AtomicLong();
  private static final PipelineOptions OPTIONS = PipelineOptionsFactory.create();

  /** How many numbers were read; refuses to be finalized once it was restored, as some do. */
  static final class Position implements CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    private final long next;
    private final transient boolean live;

    Position(long next) {
      this.next = next;
      this.live = true;
    }

    @Override
    public void finalizeCheckpoint() {
      if (!live) {
        throw new IllegalStateException("a restored mark has nothing to acknowledge to");
      }
      FINALIZED.accumulateAndGet(next, Math::max);
    }
  }

  /** The numbers from 0 on, without end. */
  static final class Numbers extends UnboundedSource<Long, Position> {
    private static final long serialVersionUID = 1;

    @Override
    public List<Numbers> split(int desiredSplits, PipelineOptions options) {
      return List.of(this);
    }

    @Override
    public UnboundedReader<Long> createReader(PipelineOptions options, @Nullable Position mark) {
      return new NumberReader(this, mark == null ? 0 : mark.next);
    }

    @Override
    public Coder<Long> getOutputCoder() {
      return VarLongCoder.of();
    }

    @Override
    public Coder<Position> getCheckpointMarkCoder() {
      return SerializableCoder.of(Position.class);
    }
  }

  /** Has no mark before it was started, as some readers do not. */
  private static final class NumberReader extends UnboundedReader<Long> {
    private final Numbers source;
    private long next;
    private boolean started;

    NumberReader(Numbers source, long next) {
      this.source = source;
      this.next = next;
    }

    @Override
    public boolean start() {
      started = true;
      return advance();
    }

    @Override
    public boolean advance() {
      next++;
      return true;
    }

    @Override
    public Long getCurrent() throws NoSuchElementException {
      return next - 1;
    }

    @Override
    public Instant getCurrentTimestamp() {
      return BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @Override
    public Instant getWatermark() {
      return BoundedWindow.TIMESTAMP_MIN_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      if (!started) {
        throw new IllegalStateException("not started");
      }
      return new Position(next);
    }

    @Override
    public UnboundedSource<Long, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }

  private static LimitedSource<Long, Position> upTo(long records) {
    return new LimitedSource<>(new Numbers(), records, Long.MAX_VALUE);
  }

  /** The mark of a reader as it comes back from a checkpoint. */
  @SuppressWarnings("unchecked") // it is of the source's type
  private static LimitedSource.Mark<Position> restored(
      LimitedSource<Long, Position> source, UnboundedReader<Long> reader) throws Exception {
    return CoderUtils.clone(
        source.getCheckpointMarkCoder(), (LimitedSource.Mark<Position>) reader.getCheckpointMark());
  }

  private static List<Long> rest(UnboundedReader<Long> reader) throws Exception {
    List<Long> read = new ArrayList<>();
    for (boolean more = reader.start(); more; more = reader.advance()) {
      read.add(reader.getCurrent());
    }
    return read;
  }

  @Test
  void goesOnFromAMarkToTheSameLimit() throws Exception {
    LimitedSource<Long, Position> source = upTo(5);
    UnboundedReader<Long> reader = source.createReader(OPTIONS, null);
    assertTrue(reader.start() && reader.advance());
    UnboundedReader<Long> after = source.createReader(OPTIONS, restored(source, reader));
    assertEquals(List.of(2L, 3L, 4L), rest(after));
    assertEquals(BoundedWindow.TIMESTAMP_MAX_VALUE, after.getWatermark());
    assertEquals(5, restored(source, after).read());
  }

  @Test
  void aReaderThatComesBackAtItsLimitKeepsTheMark() throws Exception {
    LimitedSource<Long, Position> source = upTo(3);
    UnboundedReader<Long> reader = source.createReader(OPTIONS, null);
    assertEquals(List.of(0L, 1L, 2L), rest(reader));
    UnboundedReader<Long> after = source.createReader(OPTIONS, restored(source, reader));
    assertFalse(after.start());
    assertEquals(BoundedWindow.TIMESTAMP_MAX_VALUE, after.getWatermark());
    after.getCheckpointMark().finalizeCheckpoint();
    LimitedSource.Mark<Position> again = restored(source, after);
    assertEquals(3, again.read());
    assertEquals(3, again.inner().next);
    assertThrows(IllegalStateException.class, () -> again.inner().finalizeCheckpoint());
  }

  @Test
  void theMarkAtTheEndIsFinalized() {
    FINALIZED.set(0);
    Pipeline pipeline =
        Pipeline.create(PipelineOptionsFactory.fromArgs("--runner=TestSluiceRunner").create());
    PAssert.thatSingleton(
            pipeline.apply(Read.from(new Numbers()).withMaxNumRecords(25)).apply(Count.globally()))
        .isEqualTo(25L);
    pipeline.run();
    assertEquals(25, FINALIZED.get());
  }
}
