package dev.sluice.worker.pardo;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.keyed.KeyedState;
import dev.sluice.state.keyed.Times;
import dev.sluice.worker.stage.OperatorContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/**
 * What is left to do of the restrictions of one splittable DoFn: each with the time at which to
 * resume and the watermark that it holds.
 *
 * <p>Owned by one operator, kept in keyed state under numbers drawn from the task's own key groups,
 * so they move with the groups when the job is rescaled. Always true: a residual is a value and a
 * processing-time timer, or neither. If it reads side inputs it has an event-time timer too, at the
 * end of its window, that never fires: the watermark that a residual holds may be far beyond what
 * it still reads.
 *
 * @param <T> the type of a residual
 */
final class Residuals<T> {
  /** One with its number and the watermark that it holds. */
  record Held<T>(long number, T residual, Instant hold) {}

  private static final String TIMER_ID = "resume";
  private static final String NEED_ID = "need";
  private static final StateNamespace EVERYWHERE = StateNamespaces.global();

  private final OperatorContext context;
  private final KeyedState<Long> state;
  private final KeyHasher<Long> hasher = KeyHasher.of(VarLongCoder.of());
  private final StateTag<ValueState<T>> tag;
  private long lastNumber;

  Residuals(
      OperatorContext context, Coder<BoundedWindow> windowCoder, Coder<T> coder, Times times) {
    this.context = context;
    this.state =
        context
            .task()
            .state()
            .keyed(context.transformName(), VarLongCoder.of(), windowCoder, times);
    this.tag = StateTags.makeSystemTagInternal(StateTags.value("residual", coder));
  }

  /**
   * Adds one, to be taken at {@code resumeAtMs}, holding the watermark at {@code hold} until then.
   *
   * @param need the end of the window whose side inputs it reads; null if it reads none
   * @return its number
   */
  long add(T residual, long resumeAtMs, Instant hold, @Nullable Instant need) {
    selectFreeNumber();
    put(residual, resumeAtMs, hold);
    if (need != null) {
      state
          .timerInternals()
          .setTimer(
              EVERYWHERE,
              NEED_ID,
              "",
              need,
              BoundedWindow.TIMESTAMP_MAX_VALUE,
              TimeDomain.EVENT_TIME);
    }
    return lastNumber;
  }

  private void selectFreeNumber() {
    do {
      lastNumber++;
      int hash = hasher.hash(lastNumber);
      if (context.task().state().range().contains(KeyGroups.groupOf(hash))) {
        state.select(lastNumber, hash);
        if (value().read() == null) {
          return;
        }
      }
    } while (true);
  }

  private void put(T residual, long resumeAtMs, Instant hold) {
    value().write(residual);
    state
        .timerInternals()
        .setTimer(
            EVERYWHERE,
            TIMER_ID,
            "",
            Instant.ofEpochMilli(resumeAtMs),
            hold,
            TimeDomain.PROCESSING_TIME);
  }

  /** Takes the one that is due first at {@code nowMs}; null if none is. */
  @Nullable Held<T> take(long nowMs) {
    TimerData timer = state.pollDue(TimeDomain.PROCESSING_TIME, nowMs);
    if (timer == null) {
      return null;
    }
    Held<T> held = new Held<>(state.key(), value().read(), timer.getOutputTimestamp());
    value().clear();
    state.timerInternals().deleteTimer(EVERYWHERE, NEED_ID, "", TimeDomain.EVENT_TIME);
    return held;
  }

  /** Takes all of them, due or not, in order. */
  List<Held<T>> takeAll() {
    List<Held<T>> all = new ArrayList<>();
    Held<T> held;
    while ((held = take(Long.MAX_VALUE)) != null) {
      all.add(held);
    }
    return all;
  }

  private ValueState<T> value() {
    return state.stateInternals().state(EVERYWHERE, tag);
  }

  /** When the next one is due; {@code Long.MAX_VALUE} if there is none. */
  long nextMs() {
    return state.nextTimerMs(TimeDomain.PROCESSING_TIME);
  }

  boolean isEmpty() {
    return !state.hasTimers(TimeDomain.PROCESSING_TIME);
  }

  /** None of them reads side inputs of a window that ends before this. */
  long needMs() {
    return state.nextTimerMs(TimeDomain.EVENT_TIME);
  }

  /** The least watermark that any of them holds. */
  long holdMs() {
    return state.minTimerHoldMs();
  }

  /**
   * The least watermark that any of them holds but some.
   *
   * @param but how many that hold which watermark do not count
   */
  long holdMsBut(Map<Long, Integer> but) {
    return state.minTimerHoldMsBut(but);
  }
}
