package dev.sluice.validatesrunner.differential;

import java.util.Random;
import org.apache.beam.sdk.transforms.windowing.AfterAll;
import org.apache.beam.sdk.transforms.windowing.AfterEach;
import org.apache.beam.sdk.transforms.windowing.AfterFirst;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Trigger.OnceTrigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.Window.ClosingBehavior;
import org.apache.beam.sdk.transforms.windowing.Window.OnTimeBehavior;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.sdk.values.WindowingStrategy.AccumulationMode;
import org.joda.time.Duration;

/**
 * A windowing strategy, and what can be said of it without looking at elements.
 *
 * @param kind the window function
 * @param oneFiring whether a window fires once at its end and what is late is dropped, so that
 *     neither order nor bundles of elements matter
 * @param clock whether a trigger looks at processing time
 * @param continued whether a grouping has put its continuation trigger in place of the trigger
 * @param window the transform, null for the windowing of a source
 * @param lateness the allowed lateness
 */
record Windowing(
    Kind kind,
    boolean oneFiring,
    boolean clock,
    boolean continued,
    Window<KV<Integer, Long>> window,
    Duration lateness) {

  /** Window functions. */
  enum Kind {
    GLOBAL,
    FIXED,
    SLIDING,
    SESSIONS
  }

  static final Windowing OF_SOURCE =
      new Windowing(Kind.GLOBAL, true, false, false, null, Duration.ZERO);

  /** The same after a grouping. */
  Windowing afterGrouping() {
    return new Windowing(kind, oneFiring, clock, true, window, lateness);
  }

  boolean merging() {
    return kind == Kind.SESSIONS;
  }

  /** The same, but that a pane's timestamp is the end of its window. */
  Windowing withPanesAtEnd() {
    return new Windowing(
        kind,
        oneFiring,
        clock,
        continued,
        window.withTimestampCombiner(TimestampCombiner.END_OF_WINDOW),
        lateness);
  }

  /** A random window function with a trigger under which order and bundles do not matter. */
  static Windowing oneFiring(Random random, Kind kind) {
    Trigger trigger =
        kind == Kind.GLOBAL || random.nextBoolean()
            ? AfterWatermark.pastEndOfWindow()
            : DefaultTrigger.of();
    Window<KV<Integer, Long>> window = window(random, kind, trigger, Duration.ZERO);
    return new Windowing(kind, true, false, false, window, Duration.ZERO);
  }

  /**
   * A random strategy for elements that come one at a time.
   *
   * @param clock whether a trigger may look at processing time
   * @param late whether lateness may be allowed
   */
  static Windowing any(Random random, Kind kind, boolean clock, boolean late) {
    boolean usesClock = clock && random.nextInt(3) == 0;
    Trigger trigger = trigger(random, kind, usesClock);
    Duration lateness = Duration.millis(late && random.nextInt(3) != 0 ? random.nextInt(400) : 0);
    Window<KV<Integer, Long>> window = window(random, kind, trigger, lateness);
    if (lateness.isLongerThan(Duration.ZERO) && !awaitsEnd(trigger)) {
      // An empty pane on time would fire when the window expires, but only if the output watermark
      // has not passed its end by then: what other keys hold decides, and which of them are done.
      window = window.withOnTimeBehavior(OnTimeBehavior.FIRE_IF_NON_EMPTY);
    }
    Windowing windowing = new Windowing(kind, false, usesClock, false, window, lateness);
    return windowing.losesTimestampsOnDirectRunner() ? windowing.withPanesAtEnd() : windowing;
  }

  /** Whether the trigger has a timer at the end of each window, before which nothing is late. */
  private static boolean awaitsEnd(Trigger trigger) {
    return trigger instanceof DefaultTrigger
        || trigger instanceof AfterWatermark.AfterWatermarkEarlyAndLate;
  }

  /**
   * Whether the DirectRunner may give a pane the end of its window instead of the timestamp of its
   * elements. A window that has been merged into another leaves its timers of processing time
   * behind; one that comes late lets the window expire once more, and with discarded panes Beam
   * then clears the hold of the merged window, whose state is in the same place. The DirectRunner
   * delivers such an expiry and the merged window's end at once and in any order.
   */
  private boolean losesTimestampsOnDirectRunner() {
    AccumulationMode mode =
        window.getOutputStrategyInternal(WindowingStrategy.globalDefault()).getMode();
    return clock && merging() && mode == AccumulationMode.DISCARDING_FIRED_PANES;
  }

  // Sets all there is to set: what a Window leaves open is taken from the windowing before it.
  private static Window<KV<Integer, Long>> window(
      Random random, Kind kind, Trigger trigger, Duration lateness) {
    Window<KV<Integer, Long>> window =
        Window.<KV<Integer, Long>>into(windowFn(random, kind))
            .triggering(trigger)
            .withAllowedLateness(lateness, oneOf(random, ClosingBehavior.values()))
            .withOnTimeBehavior(oneOf(random, OnTimeBehavior.values()))
            .withTimestampCombiner(oneOf(random, TimestampCombiner.values()));
    return random.nextBoolean() ? window.accumulatingFiredPanes() : window.discardingFiredPanes();
  }

  static <T> T oneOf(Random random, T[] values) {
    return values[random.nextInt(values.length)];
  }

  /** The elements in new windows, for as long as this strategy says whatever the one before. */
  PCollection<KV<Integer, Long>> applyTo(PCollection<KV<Integer, Long>> elements, String name) {
    PCollection<KV<Integer, Long>> windowed = elements.apply(name, window);
    // Beam would keep the longer of both latenesses.
    return windowed.setWindowingStrategyInternal(
        windowed.getWindowingStrategy().withAllowedLateness(lateness));
  }

  private static WindowFn<Object, ?> windowFn(Random random, Kind kind) {
    return switch (kind) {
      case GLOBAL -> new GlobalWindows();
      case FIXED ->
          FixedWindows.of(Duration.millis(100L * (1 + random.nextInt(3))))
              .withOffset(Duration.millis(random.nextInt(3) * 10L));
      case SLIDING -> {
        int periodMs = 50 * (1 + random.nextInt(3));
        yield SlidingWindows.of(Duration.millis((long) periodMs * (1 + random.nextInt(3))))
            .every(Duration.millis(periodMs));
      }
      case SESSIONS -> Sessions.withGapDuration(Duration.millis(20L * (1 + random.nextInt(5))));
    };
  }

  private static Trigger trigger(Random random, Kind kind, boolean clock) {
    // Beam refuses the default trigger in the global window of an unbounded source.
    return switch (random.nextInt(5)) {
      case 0 -> kind == Kind.GLOBAL ? repeated(random, clock) : atEndOfWindow(random, clock);
      case 1, 2 -> atEndOfWindow(random, clock);
      case 3 -> kind == Kind.GLOBAL || clock ? repeated(random, clock) : DefaultTrigger.of();
      default -> repeated(random, clock);
    };
  }

  private static Trigger atEndOfWindow(Random random, boolean clock) {
    AfterWatermark.FromEndOfWindow end = AfterWatermark.pastEndOfWindow();
    return switch (random.nextInt(3)) {
      case 0 -> end.withLateFirings(once(random, clock));
      case 1 ->
          end.withEarlyFirings(once(random, clock))
              .withLateFirings(AfterPane.elementCountAtLeast(1));
      default -> end.withEarlyFirings(once(random, clock)).withLateFirings(once(random, clock));
    };
  }

  private static Trigger repeated(Random random, boolean clock) {
    return switch (random.nextInt(4)) {
      case 0 -> Repeatedly.forever(once(random, clock));
      case 1 ->
          AfterEach.inOrder(
              once(random, clock), once(random, clock), Repeatedly.forever(once(random, false)));
      case 2 -> Repeatedly.forever(AfterEach.inOrder(once(random, clock), once(random, clock)));
      default ->
          Repeatedly.forever(
              Repeatedly.forever(once(random, clock)).orFinally(AfterWatermark.pastEndOfWindow()));
    };
  }

  private static OnceTrigger once(Random random, boolean clock) {
    OnceTrigger count = AfterPane.elementCountAtLeast(1 + random.nextInt(4));
    if (!clock) {
      return random.nextInt(6) == 0 ? AfterAll.of(count, AfterPane.elementCountAtLeast(2)) : count;
    }
    AfterProcessingTime time = AfterProcessingTime.pastFirstElementInPane();
    OnceTrigger delayed =
        random.nextInt(4) == 0
            ? time.alignedTo(Duration.millis(70))
            : time.plusDelayOf(Duration.millis(1 + random.nextInt(150)));
    return switch (random.nextInt(4)) {
      case 0 -> AfterFirst.of(count, delayed);
      case 1 -> AfterAll.of(count, delayed);
      default -> delayed;
    };
  }
}
