package dev.sluice.worker.grouping;

import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.joda.time.Duration;

/**
 * Recognises the windowing strategies under which a window's only pane is the one on time, at the
 * end of the window.
 *
 * <p>A pure function. No allowed lateness: an expired window and one whose end the watermark has
 * passed are the same, so nothing comes after the pane, and neither accumulation mode nor closing
 * behaviour can be seen. No trigger that fires before: those that wait for the end of the window
 * and the one that never fires agree, because an expiring window emits what it has. A timestamp
 * that depends on the window alone, and windows that do not merge.
 */
final class OneFiring {
  private OneFiring() {}

  static boolean under(WindowingStrategy<?, ?> strategy) {
    return !strategy.needsMerge()
        && ofKnownWindows(strategy.getWindowFn())
        && firesAtEndOnly(strategy.getTrigger())
        && strategy.getAllowedLateness().equals(Duration.ZERO)
        && strategy.getTimestampCombiner() == TimestampCombiner.END_OF_WINDOW;
  }

  // Exact classes: a subclass may say anything of its windows' ends.
  private static boolean ofKnownWindows(WindowFn<?, ?> fn) {
    return fn.getClass() == GlobalWindows.class
        || fn.getClass() == FixedWindows.class
        || fn.getClass() == SlidingWindows.class;
  }

  private static boolean firesAtEndOnly(Trigger trigger) {
    return trigger instanceof DefaultTrigger
        || trigger instanceof AfterWatermark.FromEndOfWindow
        || trigger instanceof Never.NeverTrigger;
  }
}
