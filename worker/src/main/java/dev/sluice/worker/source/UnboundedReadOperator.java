package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.error.Thrown;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOperator;
import dev.sluice.worker.stage.SourceOptions;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.io.UnboundedSource.CheckpointMark;
import org.apache.beam.sdk.io.UnboundedSource.UnboundedReader;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Reads this task's splits of an unbounded source in turn.
 *
 * <p>Owned by its task. Always true: the output watermark never goes back; a split that has been
 * silent for longer than {@link SourceOptions#getIdleSplitTimeoutMs} does not hold it, unless all
 * that have not ended are silent: then the task is idle. The source has ended when every split has.
 * While some splits have records, those that have had none for a while are asked less often. Marks
 * are taken at barriers and finalized when the checkpoint is complete.
 */
final class UnboundedReadOperator implements SourceOperator {
  private static final long END_OF_TIME = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
  private static final long LEAST_PAUSE_MS = 1;
  private static final long LONGEST_PAUSE_MS = 10;

  /** After so long without a record a poll ends, though not all splits were asked. */
  private static final long LONGEST_POLL_MS = 50;

  /** A task spends about a quarter of its time on splits that are silent. */
  private static final long SHARE_OF_SILENT = 4;

  private final OperatorContext context;
  private final Emission emission;
  private final List<UnboundedSplit<?, ?>> splits = new ArrayList<>();
  private final long idleTimeoutMs;
  private final RecordIds seen;
  private int turn;
  private long poll;
  private boolean drained;
  private final CombinedWatermark watermark = new CombinedWatermark();
  private long pauseMs = LEAST_PAUSE_MS;
  private long nextPollMs = Long.MIN_VALUE;

  UnboundedReadOperator(OperatorContext context, List<SourceSplit> mine, Receiver output) {
    this.context = context;
    this.emission = new Emission(context, output);
    for (SourceSplit split : mine) {
      splits.add(new UnboundedSplit<Object, CheckpointMark>(context, split));
    }
    this.idleTimeoutMs = context.task().options().as(SourceOptions.class).getIdleSplitTimeoutMs();
    this.seen =
        splits.stream().anyMatch(UnboundedSplit::requiresDeduping) ? new RecordIds(context) : null;
  }

  @Override
  public void open() {
    for (UnboundedSplit<?, ?> split : splits) {
      emission.callSource(
          () -> {
            split.open(context);
            return null;
          });
    }
  }

  @Override
  public Polled poll(int limit) {
    if (drained || emission.callSource(this::allEnded)) {
      return Polled.ENDED;
    }
    poll++;
    int count = ask(limit, false);
    if (count == 0) {
      count = ask(limit, true);
    }
    if (count > 0) {
      pauseMs = LEAST_PAUSE_MS;
      return Polled.RECORDS;
    }
    nextPollMs = nowMs() + pauseMs;
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    return Polled.IDLE;
  }

  /** Reads the splits in turn that pause, or those that do not. */
  private int ask(int limit, boolean pausing) {
    int count = 0;
    long beganMs = nowMs();
    long askedMs = beganMs;
    for (int tried = 0; tried < splits.size() && count < limit; tried++) {
      if (count == 0 && askedMs - beganMs >= LONGEST_POLL_MS) {
        break;
      }
      UnboundedSplit<?, ?> split = splits.get(turn);
      turn = turn + 1 == splits.size() ? 0 : turn + 1;
      if (split.pauses(poll, askedMs) == pausing && !split.askedIn(poll)) {
        int rest = limit - count;
        long nowMs = askedMs;
        count += emission.callSource(() -> read(split, rest, nowMs));
        askedMs = nowMs();
      }
    }
    return count;
  }

  private long nowMs() {
    return context.task().clock().nowMs();
  }

  private int read(UnboundedSplit<?, ?> split, int limit, long askedMs) throws IOException {
    int count = 0;
    UnboundedReader<?> reader = split.reader();
    if (seen == null || !split.requiresDeduping()) {
      while (count < limit && split.advance()) {
        emission.emit(reader.getCurrent(), reader.getCurrentTimestamp().getMillis());
        count++;
      }
    } else {
      while (count < limit && split.advance()) {
        if (seen.isNew(reader.getCurrentRecordId(), split.keyGroup())) {
          emission.emit(reader.getCurrent(), reader.getCurrentTimestamp().getMillis());
        }
        count++;
      }
    }
    long nowMs = nowMs();
    long longestPauseMs = Math.max(1, nowMs - askedMs) * splits.size() * SHARE_OF_SILENT;
    split.polled(poll, count, nowMs, longestPauseMs);
    return count;
  }

  @Override
  public long outputWatermarkMs() {
    if (drained || splits.isEmpty()) {
      return END_OF_TIME;
    }
    return emission.callSource(this::combined).watermarkMs();
  }

  @Override
  public Activity activity(Activity input) {
    return drained || splits.isEmpty() ? input : emission.callSource(this::combined).activity();
  }

  private boolean allEnded() {
    for (UnboundedSplit<?, ?> split : splits) {
      if (split.watermarkMs() < END_OF_TIME) {
        return false;
      }
    }
    return true;
  }

  private CombinedWatermark combined() {
    watermark.begin();
    for (UnboundedSplit<?, ?> split : splits) {
      watermark.add(split.watermarkMs(), split.silent(idleTimeoutMs));
    }
    watermark.end();
    return watermark;
  }

  @Override
  public boolean hasDueWork() {
    return seen != null && seen.hasExpired();
  }

  @Override
  public int fireTimers(int limit) {
    return seen.expire(limit);
  }

  @Override
  public long nextProcessingTimeMs() {
    return nextPollMs;
  }

  @Override
  public long drain() {
    long reachedMs = outputWatermarkMs();
    drained = true;
    return reachedMs;
  }

  @Override
  public void barrier(long checkpoint) {
    for (UnboundedSplit<?, ?> split : splits) {
      CheckpointMark mark = emission.callSource(split::takeMark);
      if (mark != null) {
        context.task().services().afterCheckpoint(() -> finalizeMark(mark));
      }
    }
  }

  private void finalizeMark(CheckpointMark mark) {
    emission.callSource(
        () -> {
          mark.finalizeCheckpoint();
          return null;
        });
  }

  @Override
  public void close() {
    RuntimeException first = null;
    for (UnboundedSplit<?, ?> split : splits) {
      try {
        emission.callSource(
            () -> {
              split.close();
              return null;
            });
      } catch (RuntimeException e) {
        if (first == null) {
          first = e;
        } else {
          Thrown.suppress(first, e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
