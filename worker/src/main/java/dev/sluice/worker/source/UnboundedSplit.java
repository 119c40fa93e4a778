package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.TaskValue;
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
  private static final long NOT_SILENT = Long.MAX_VALUE;

  /** A pause also ends after this many polls: a clock that is moved by hand may stand still. */
  private static final long MOST_POLLS_PAUSED = 1_000;

  private final UnboundedSource<T, MarkT> source;
  private final TaskValue<MarkT> mark;
  private UnboundedReader<T> reader;
  private boolean started;
  private long silentSinceMs = NOT_SILENT;
  private long seenWatermarkMs = Long.MIN_VALUE;
  private long lastPoll;
  private long lastPollMs;
  private long pauseMs;

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
                split.group(),
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

  /**
   * It was asked for records.
   *
   * @param poll the number of the poll
   * @param records how many it had
   * @param nowMs the time
   * @param longestPauseMs for how long it need not be asked again at most, if it had none
   */
  void polled(long poll, int records, long nowMs, long longestPauseMs) {
    lastPoll = poll;
    lastPollMs = nowMs;
    if (records > 0) {
      silentSinceMs = NOT_SILENT;
      pauseMs = 0;
      return;
    }
    pauseMs = Math.min(Math.max(1, 2 * pauseMs), longestPauseMs);
    long reachedMs = watermarkMs();
    if (silentSinceMs == NOT_SILENT || reachedMs > seenWatermarkMs) {
      silentSinceMs = nowMs;
    }
    seenWatermarkMs = Math.max(seenWatermarkMs, reachedMs);
  }

  /**
   * Whether it need not be asked while others have records: the longer it has had none, the longer
   * the pause, since there are readers that wait for records for a while when they have none.
   */
  boolean pauses(long poll, long nowMs) {
    return nowMs - lastPollMs < pauseMs && poll - lastPoll < MOST_POLLS_PAUSED;
  }

  /** Whether it was asked in this poll already. */
  boolean askedIn(long poll) {
    return lastPoll == poll;
  }

  /**
   * Whether it has brought nothing for {@code timeoutMs} milliseconds, neither a record nor a later
   * watermark, as far as it was asked: while the task waits for room nobody asks, and nothing is
   * known of what has arrived.
   */
  boolean silent(long timeoutMs) {
    return timeoutMs > 0 && silentSinceMs != NOT_SILENT && lastPollMs - silentSinceMs >= timeoutMs;
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
