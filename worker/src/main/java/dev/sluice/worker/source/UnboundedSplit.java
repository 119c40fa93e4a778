package dev.sluice.worker.source;

import dev.sluice.state.TaskValue;
import dev.sluice.worker.protocol.SourceSplit;
import dev.sluice.worker.stage.OperatorContext;
import java.io.IOException;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * One split of an unbounded source with its reader and its mark.
 *
 * <p>Owned by the task of its {@link UnboundedReadOperator}. The mark of the last barrier is in
 * state.
 */
final class UnboundedSplit<T, MarkT extends CheckpointMark> {
  private final UnboundedSource<T, MarkT> source;
  private final TaskValue<MarkT> mark;
  private UnboundedReader<T> reader;
  private boolean started;
  private int recordsInLastPoll = 1;
  private long emptySinceMs;
  private long lastPollMs;

  @SuppressWarnings("unchecked")
  UnboundedSplit(OperatorContext context, SourceSplit split) {
    this.source = (UnboundedSource<T, MarkT>) Splits.read(split);
    this.mark =
        context
            .task()
            .state()
            .value(
                context.transformName(),
                "split-" + split.number(),
                Splits.groupOf(split),
                source.getCheckpointMarkCoder());
  }

  boolean requiresDeduping() {
    return source.requiresDeduping();
  }

  void open(OperatorContext context) throws IOException {
    reader = source.createReader(context.task().options(), mark.get());
  }

  /** Moves to the next record; false if there is none now. */
  boolean advance() throws IOException {
    if (started) {
      return reader.advance();
    }
    started = true;
    return reader.start();
  }

  UnboundedReader<T> reader() {
    return reader;
  }

  /** The key group that its state belongs to. */
  int keyGroup() {
    return mark.keyGroup();
  }

  /** It was asked for records and had so many. */
  void polled(int records, long nowMs) {
    if (recordsInLastPoll > 0 && records == 0) {
      emptySinceMs = nowMs;
    }
    recordsInLastPoll = records;
    lastPollMs = nowMs;
  }

  /**
   * Whether it has been silent for {@code timeoutMs} milliseconds, as far as it was asked: while
   * the task waits for room nobody asks, and nothing is known of what has arrived.
   */
  boolean silent(long timeoutMs) {
    return timeoutMs > 0 && recordsInLastPoll == 0 && lastPollMs - emptySinceMs >= timeoutMs;
  }

  long watermarkMs() {
    if (!started) {
      return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    }
    return reader.getWatermark().getMillis();
  }

  /**
   * Takes the mark of all that was read so far, and keeps it in state; null if nothing was asked of
   * the reader yet: the mark that it was made from still stands.
   */
  @SuppressWarnings("unchecked")
  MarkT takeMark() {
    if (!started) {
      return null;
    }
    MarkT taken = (MarkT) reader.getCheckpointMark();
    mark.set(taken);
    return taken;
  }

  void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
  }
}
