package dev.sluice.worker.stage;

import java.util.AbstractList;
import java.util.Collection;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.CausedByDrain;

/**
 * The windows of an element that exists because the job was drained, and so the mark that it is
 * one: it goes with the windows wherever they go, within a stage, in a batch and to the next stage,
 * and costs an element without it nothing.
 *
 * <p>Immutable. Always true: whoever gives an element other windows gives it the mark of the old
 * ones, by {@link #of}.
 */
public final class DrainedWindows extends AbstractList<BoundedWindow> {
  private final List<BoundedWindow> windows;

  private DrainedWindows(Collection<? extends BoundedWindow> windows) {
    this.windows = List.copyOf(windows);
  }

  /** These windows with the mark or without it. */
  public static Collection<? extends BoundedWindow> of(
      Collection<? extends BoundedWindow> windows, boolean drained) {
    if (drained == marks(windows)) {
      return windows;
    }
    return drained ? new DrainedWindows(windows) : ((DrainedWindows) windows).windows;
  }

  /** These windows with Beam's name for the mark. */
  public static Collection<? extends BoundedWindow> of(
      Collection<? extends BoundedWindow> windows, CausedByDrain cause) {
    return of(windows, cause == CausedByDrain.CAUSED_BY_DRAIN);
  }

  /** Whether an element in these windows exists because of a drain. */
  public static boolean marks(Collection<? extends BoundedWindow> windows) {
    return windows instanceof DrainedWindows;
  }

  /** The same in Beam's words. */
  public static CausedByDrain cause(Collection<? extends BoundedWindow> windows) {
    return cause(marks(windows));
  }

  /** The same in Beam's words. */
  public static CausedByDrain cause(boolean drained) {
    return drained ? CausedByDrain.CAUSED_BY_DRAIN : CausedByDrain.NORMAL;
  }

  @Override
  public BoundedWindow get(int index) {
    return windows.get(index);
  }

  @Override
  public int size() {
    return windows.size();
  }
}
