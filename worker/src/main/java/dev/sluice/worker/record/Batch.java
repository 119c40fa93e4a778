package dev.sluice.worker.record;

import java.util.Arrays;
import java.util.Collection;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * Up to {@link #CAPACITY} records of one exchange, as a structure of arrays.
 *
 * <p>Always true: it has one owner at a time. The producer fills it, handing it over gives it away,
 * the consumer gives it back through the channel's return ring. Windows and panes are kept once for
 * the batch and per record only if they differ within it.
 */
public final class Batch {
  /** The most records in a batch. */
  public static final int CAPACITY = 1024;

  private final Object[] values = new Object[CAPACITY];
  private final long[] timestampsMs = new long[CAPACITY];
  private final int[] keyHashes = new int[CAPACITY];
  private int size;
  private boolean accumulated;

  private Collection<? extends BoundedWindow> sharedWindows;
  private Collection<? extends BoundedWindow>[] windows;
  private boolean windowsDiffer;
  private PaneInfo sharedPane;
  private PaneInfo[] panes;
  private boolean panesDiffer;

  /** Appends a record; the batch must not be full. */
  @SuppressWarnings("ReferenceEquality") // an equal pane of its own is stored: no harm done
  public void add(
      Object value,
      int keyHash,
      long timestampMs,
      Collection<? extends BoundedWindow> recordWindows,
      PaneInfo pane) {
    int i = size++;
    values[i] = value;
    keyHashes[i] = keyHash;
    timestampsMs[i] = timestampMs;
    if (i == 0) {
      sharedWindows = recordWindows;
      sharedPane = pane;
      return;
    }
    if (windowsDiffer || recordWindows != sharedWindows) {
      putWindows(i, recordWindows);
    }
    if (panesDiffer || pane != sharedPane) {
      putPane(i, pane);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void putWindows(int i, Collection<? extends BoundedWindow> recordWindows) {
    if (windows == null) {
      windows = new Collection[CAPACITY];
    }
    if (!windowsDiffer) {
      windowsDiffer = true;
      Arrays.fill(windows, 0, i, sharedWindows);
    }
    windows[i] = recordWindows;
  }

  private void putPane(int i, PaneInfo pane) {
    if (panes == null) {
      panes = new PaneInfo[CAPACITY];
    }
    if (!panesDiffer) {
      panesDiffer = true;
      Arrays.fill(panes, 0, i, sharedPane);
    }
    panes[i] = pane;
  }

  /** Empties the batch for its next use and lets go of what it held. */
  public void clear() {
    Arrays.fill(values, 0, size, null);
    if (windowsDiffer) {
      Arrays.fill(windows, 0, size, null);
    }
    if (panesDiffer) {
      Arrays.fill(panes, 0, size, null);
    }
    sharedWindows = null;
    sharedPane = null;
    windowsDiffer = false;
    panesDiffer = false;
    accumulated = false;
    size = 0;
  }

  /** How many records it holds. */
  public int size() {
    return size;
  }

  /**
   * Whether the values are {@code KV}s of accumulators rather than of inputs to a lifted combine.
   */
  public boolean accumulated() {
    return accumulated;
  }

  /** Says which of the two the values are; before the first record is added. */
  public void accumulated(boolean value) {
    accumulated = value;
  }

  /** The element. */
  public Object value(int i) {
    return values[i];
  }

  /** Event time in milliseconds. */
  public long timestampMs(int i) {
    return timestampsMs[i];
  }

  /** The hash of the element's key; 0 on exchanges that are not keyed. */
  public int keyHash(int i) {
    return keyHashes[i];
  }

  /** The windows of the element. */
  public Collection<? extends BoundedWindow> windows(int i) {
    return windowsDiffer ? windows[i] : sharedWindows;
  }

  /** The pane of the element. */
  public PaneInfo pane(int i) {
    return panesDiffer ? panes[i] : sharedPane;
  }
}
