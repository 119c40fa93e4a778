package dev.sluice.worker.source;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.Times;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TaskContext;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;

/**
 * The ids of the records that a source has delivered lately, so that one that is delivered again is
 * dropped.
 *
 * <p>Owned by its source's task; kept in state, and forgotten {@link #KEEP_MS} after the first
 * sight, as Beam's {@code UnboundedSource.requiresDeduping} leaves to the runner.
 */
final class RecordIds {
  private static final long KEEP_MS = 600_000;
  private static final StateNamespace NAMESPACE = StateNamespaces.global();
  private static final StateTag<ValueState<Boolean>> SEEN =
      StateTags.value("seen", BooleanCoder.of());

  private final TaskContext task;
  private final KeyHasher<byte[]> hasher = KeyHasher.of(ByteArrayCoder.of());
  private final KeyedState<byte[]> state;

  RecordIds(OperatorContext context) {
    this.task = context.task();
    this.state =
        task.state()
            .keyed(
                context.transformName(),
                ByteArrayCoder.of(),
                GlobalWindow.Coder.INSTANCE,
                new ProcessingTimeOnly(task));
  }

  private record ProcessingTimeOnly(TaskContext task) implements Times {
    @Override
    public long processingTimeMs() {
      return task.clock().nowMs();
    }

    @Override
    public long inputWatermarkMs() {
      return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    }

    @Override
    public long outputWatermarkMs() {
      return BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
    }
  }

  /**
   * Whether the id is seen for the first time; it is remembered.
   *
   * @param keyGroup that of the split, in which the id is kept: the group of the id's own hash may
   *     be another task's
   */
  boolean isNew(byte[] id, int keyGroup) {
    int hash = hasher.hash(id);
    state.select(id, hash - KeyGroups.groupOf(hash) + keyGroup);
    ValueState<Boolean> cell = state.stateInternals().state(NAMESPACE, SEEN);
    if (cell.read() != null) {
      return false;
    }
    cell.write(true);
    Instant expiry = Instant.ofEpochMilli(task.clock().nowMs() + KEEP_MS);
    state
        .timerInternals()
        .setTimer(NAMESPACE, "expiry", "", expiry, expiry, TimeDomain.PROCESSING_TIME);
    return true;
  }

  boolean hasExpired() {
    return state.nextTimerMs(TimeDomain.PROCESSING_TIME) <= task.clock().nowMs();
  }

  int expire(int limit) {
    int count = 0;
    while (count < limit
        && state.pollDue(TimeDomain.PROCESSING_TIME, task.clock().nowMs()) != null) {
      state.stateInternals().state(NAMESPACE, SEEN).clear();
      count++;
    }
    return count;
  }
}
