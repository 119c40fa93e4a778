package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.TaskValue;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.SourceOperator;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Reads this task's splits of a bounded source, one after the other.
 *
 * <p>Owned by its task. A split's position is the number of elements emitted from it, kept in state
 * by the split's key group and brought up to date at each barrier; -1 once the split is done.
 */
final class BoundedReadOperator implements SourceOperator {
  private static final long DONE = -1;

  private record Split(BoundedSource<?> source, TaskValue<Long> position) {}

  private final OperatorContext context;
  private final Emission emission;
  private final List<Split> splits = new ArrayList<>();
  private int current;
  private BoundedSource.BoundedReader<?> reader;
  private boolean started;
  private long emitted;

  BoundedReadOperator(OperatorContext context, List<SourceSplit> mine, Receiver output) {
    this.context = context;
    this.emission = new Emission(context, output);
    for (SourceSplit split : mine) {
      TaskValue<Long> position =
          context
              .task()
              .state()
              .value(
                  context.transformName(),
                  "split-" + split.number(),
                  split.group(),
                  VarLongCoder.of());
      splits.add(new Split((BoundedSource<?>) Splits.read(split), position));
    }
  }

  @Override
  public Polled poll(int limit) {
    return emission.callSource(() -> read(limit));
  }

  private Polled read(int limit) throws Exception {
    int count = 0;
    while (count < limit) {
      if (reader == null && !openNext()) {
        return count > 0 ? Polled.RECORDS : Polled.ENDED;
      }
      if (advance()) {
        emission.emit(reader.getCurrent(), reader.getCurrentTimestamp().getMillis());
        emitted++;
        count++;
      } else {
        finishSplit();
      }
    }
    return Polled.RECORDS;
  }

  private boolean advance() throws Exception {
    if (started) {
      return reader.advance();
    }
    started = true;
    return reader.start();
  }

  private void finishSplit() throws Exception {
    closeReader();
    splits.get(current).position().set(DONE);
    current++;
  }

  /** Opens the next split that is not done, behind what was emitted from it; false if all are. */
  private boolean openNext() throws Exception {
    while (current < splits.size()) {
      long position = position();
      if (position == DONE) {
        current++;
        continue;
      }
      reader = splits.get(current).source().createReader(context.task().options());
      started = false;
      emitted = 0;
      while (emitted < position && advance()) {
        emitted++;
      }
      if (emitted == position) {
        return true;
      }
      // It holds less than was read from it before.
      finishSplit();
    }
    return false;
  }

  private long position() {
    Long position = splits.get(current).position().get();
    return position == null ? 0 : position;
  }

  @Override
  public void barrier(long checkpoint) {
    if (reader != null) {
      splits.get(current).position().set(emitted);
    }
  }

  @Override
  public long outputWatermarkMs() {
    return current == splits.size()
        ? BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis()
        : BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  }

  private void closeReader() throws Exception {
    BoundedSource.BoundedReader<?> closing = reader;
    reader = null;
    if (closing != null) {
      closing.close();
    }
  }

  @Override
  public void close() {
    emission.callSource(
        () -> {
          closeReader();
          return null;
        });
  }
}
