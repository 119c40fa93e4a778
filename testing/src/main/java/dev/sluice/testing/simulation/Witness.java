package dev.sluice.testing.simulation;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Remembers outside of the cluster what transforms with stable input have seen, as a system outside
 * would to which they write: after a crash they must see the same once more, in the same order.
 */
final class Witness {
  private static final Map<String, String> SEEN = new ConcurrentHashMap<>();
  private static final Set<String> FORGIVEN = ConcurrentHashMap.newKeySet();

  private Witness() {}

  /** Takes whatever the transforms of a sink's pipeline see from now on. */
  static void forgive(String sink) {
    FORGIVEN.add(sink);
  }

  /** Lets go of what the transforms of a sink's pipeline have seen. */
  static void forget(String sink) {
    FORGIVEN.remove(sink);
    SEEN.keySet().removeIf(place -> place.startsWith(sink));
  }

  private static void see(String sink, String place, String what) {
    String before = SEEN.putIfAbsent(sink + place, what);
    if (before != null && !before.equals(what) && !FORGIVEN.contains(sink)) {
      throw new AssertionError("%s was %s and is %s now".formatted(place, before, what));
    }
  }

  /** Passes on what it gets; has timers of both kinds. */
  static final class StableFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private static final long serialVersionUID = 1;

    @StateId("number")
    private final StateSpec<ValueState<Long>> numberSpec = StateSpecs.value(VarLongCoder.of());

    @TimerId("end")
    private final TimerSpec end = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @TimerId("soon")
    private final TimerSpec soon = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    private final String sink;
    private final String name;

    StableFn(String sink, String name) {
      this.sink = sink;
      this.name = name;
    }

    @ProcessElement
    @RequiresStableInput
    public void process(
        @Element KV<Integer, Long> kv,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        @StateId("number") ValueState<Long> number,
        @TimerId("end") Timer endTimer,
        @TimerId("soon") Timer soonTimer,
        OutputReceiver<KV<Integer, Long>> out) {
      see(number, kv.getKey(), window, "element " + kv.getValue() + " at " + timestamp);
      endTimer.set(window.maxTimestamp());
      soonTimer.offset(Duration.millis(kv.getValue() % 10)).setRelative();
      out.output(kv);
    }

    @OnTimer("end")
    public void atEnd(
        @Key Integer key, BoundedWindow window, @StateId("number") ValueState<Long> number) {
      see(number, key, window, "the end");
    }

    @OnTimer("soon")
    public void soon(
        @Key Integer key,
        BoundedWindow window,
        @StateId("number") ValueState<Long> number,
        OnTimerContext context) {
      see(number, key, window, "the timer at " + context.fireTimestamp());
    }

    private void see(ValueState<Long> number, Integer key, BoundedWindow window, String what) {
      Long before = number.read();
      long now = before == null ? 1 : before + 1;
      number.write(now);
      Witness.see(sink, "/" + name + "/" + key + "/" + window + "/" + now, what);
    }
  }
}
