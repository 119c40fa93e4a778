package dev.sluice.validatesrunner.differential;

import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.SetState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerMap;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** The DoFns of random pipelines that keep state by key and window. */
final class Stateful {
  private Stateful() {}

  /** For elements in a given order: emits for each what all kinds of state say of those so far. */
  static final class RunningFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @StateId("value")
    private final StateSpec<ValueState<Long>> value = StateSpecs.value(VarLongCoder.of());

    @StateId("bag")
    private final StateSpec<BagState<Long>> bag = StateSpecs.bag(VarLongCoder.of());

    @StateId("map")
    private final StateSpec<MapState<Integer, Long>> map =
        StateSpecs.map(VarIntCoder.of(), VarLongCoder.of());

    @StateId("sum")
    private final StateSpec<CombiningState<Long, long[], Long>> sum =
        StateSpecs.combining(Sum.ofLongs());

    @StateId("set")
    private final StateSpec<SetState<Integer>> set = StateSpecs.set(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @StateId("value") ValueState<Long> value,
        @StateId("bag") BagState<Long> bag,
        @StateId("map") MapState<Integer, Long> map,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @StateId("set") SetState<Integer> set,
        OutputReceiver<KV<Integer, Long>> out) {
      Long before = value.read();
      long chained = (31 * (before == null ? 7 : before) + kv.getValue()) % 1_000_003;
      value.write(chained);
      bag.add(kv.getValue());
      sum.add(kv.getValue() % 1_000_003);
      int slot = (int) (chained % 4);
      Long inSlot = map.get(slot).read();
      map.put(slot, chained);
      if (chained % 5 == 0) {
        bag.clear();
        map.remove((slot + 1) % 4);
      }
      long result = chained + (inSlot == null ? 0 : inSlot) + Functions.digest(bag.read());
      long isNew = set.addIfAbsent(slot).read() ? 1_000_000 : 0;
      out.output(KV.of(kv.getKey(), result + sum.read() + isNew));
    }
  }

  /**
   * For elements in any order, none of them late: emits their sum when the window ends, by a timer
   * at that time.
   */
  static final class SumAtEndFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @StateId("sum")
    private final StateSpec<CombiningState<Long, long[], Long>> sum =
        StateSpecs.combining(Sum.ofLongs());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        BoundedWindow window,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        @TimerId("end") Timer end) {
      sum.add(kv.getValue());
      end.set(window.maxTimestamp());
    }

    @OnTimer("end")
    public void atEnd(
        @Key Integer key,
        @StateId("sum") CombiningState<Long, long[], Long> sum,
        OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, sum.read()));
    }
  }

  /** For elements in any order: emits the digest of all when their window expires. */
  static final class DigestAtExpiryFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @StateId("bag")
    private final StateSpec<BagState<Long>> bag = StateSpecs.bag(VarLongCoder.of());

    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, @StateId("bag") BagState<Long> bag) {
      bag.add(kv.getValue());
    }

    @OnWindowExpiration
    public void atExpiry(
        @Key Integer key,
        @StateId("bag") BagState<Long> bag,
        OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, Functions.digest(bag.read())));
    }
  }

  /**
   * For elements in a given order: emits those that have gathered, each time some event time has
   * passed since the last element.
   */
  static final class PauseFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final long pauseMs;

    @StateId("bag")
    private final StateSpec<BagState<Long>> bag = StateSpecs.bag(VarLongCoder.of());

    @TimerId("pause")
    private final TimerSpec pause = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    PauseFn(long pauseMs) {
      this.pauseMs = pauseMs;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("bag") BagState<Long> bag,
        @TimerId("pause") Timer pause) {
      bag.add(kv.getValue());
      Instant end = window.maxTimestamp();
      Instant wanted = timestamp.plus(Duration.millis(pauseMs));
      pause.set(wanted.isBefore(end) ? wanted : end);
    }

    @OnTimer("pause")
    public void afterPause(
        @Key Integer key,
        @StateId("bag") BagState<Long> bag,
        OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, Functions.digest(bag.read())));
      bag.clear();
    }
  }

  /**
   * For elements in a given order: emits those that have gathered, some processing time after the
   * first of them.
   */
  static final class DelayFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final long delayMs;

    @StateId("count")
    private final StateSpec<ValueState<Integer>> count = StateSpecs.value(VarIntCoder.of());

    @StateId("bag")
    private final StateSpec<BagState<Long>> bag = StateSpecs.bag(VarLongCoder.of());

    @TimerId("delay")
    private final TimerSpec delay = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    DelayFn(long delayMs) {
      this.delayMs = delayMs;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @StateId("count") ValueState<Integer> count,
        @StateId("bag") BagState<Long> bag,
        @TimerId("delay") Timer delay) {
      Integer before = count.read();
      if (before == null) {
        delay.offset(Duration.millis(delayMs)).setRelative();
      }
      count.write(before == null ? 1 : before + 1);
      bag.add(kv.getValue());
    }

    @OnTimer("delay")
    public void afterDelay(
        @Key Integer key,
        @StateId("count") ValueState<Integer> count,
        @StateId("bag") BagState<Long> bag,
        OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, 1_000 * Functions.digest(bag.read()) + count.read()));
      bag.clear();
      count.clear();
    }
  }

  /**
   * For elements in any order: sets a timer of its own for each of a few remainders of values, and
   * emits when it fires, with the timestamp of the last element that set it.
   */
  static final class FamilyFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final long waitMs;

    @TimerFamily("remainders")
    @SuppressWarnings("UnusedVariable") // Beam finds it by its annotation
    private final TimerSpec remainders = TimerSpecs.timerMap(TimeDomain.EVENT_TIME);

    FamilyFn(long waitMs) {
      this.waitMs = waitMs;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @TimerFamily("remainders") TimerMap timers) {
      Instant end = window.maxTimestamp();
      Instant wanted = timestamp.plus(Duration.millis(waitMs));
      timers
          .get(String.valueOf(kv.getValue() % 3))
          .withOutputTimestamp(timestamp)
          .set(wanted.isBefore(end) ? wanted : end);
    }

    @OnTimerFamily("remainders")
    public void after(
        @Key Integer key, @TimerId String remainder, OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(key, Long.parseLong(remainder)));
    }
  }

  /**
   * For elements in a given order: a timer that sets itself again a few times after the last
   * element, and emits each time how often it has fired.
   */
  static final class LoopFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private static final int ROUNDS = 3;

    private final long periodMs;

    @StateId("rounds")
    private final StateSpec<ValueState<Integer>> rounds = StateSpecs.value(VarIntCoder.of());

    @TimerId("loop")
    private final TimerSpec loop = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    LoopFn(long periodMs) {
      this.periodMs = periodMs;
    }

    @ProcessElement
    public void process(
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("rounds") ValueState<Integer> rounds,
        @TimerId("loop") Timer loop) {
      rounds.write(0);
      set(loop, timestamp, window);
    }

    @OnTimer("loop")
    public void again(
        @Key Integer key,
        OnTimerContext context,
        @StateId("rounds") ValueState<Integer> rounds,
        @TimerId("loop") Timer loop) {
      int round = rounds.read() + 1;
      rounds.write(round);
      context.output(KV.of(key, (long) round));
      if (round < ROUNDS) {
        set(loop, context.fireTimestamp(), context.window());
      }
    }

    private void set(Timer loop, Instant after, BoundedWindow window) {
      Instant next = after.plus(Duration.millis(periodMs));
      if (next.isBefore(window.maxTimestamp())) {
        loop.set(next);
      }
    }
  }
}
