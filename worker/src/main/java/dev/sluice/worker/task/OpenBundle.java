package dev.sluice.worker.task;

import dev.sluice.protocol.world.Clock;
import dev.sluice.worker.stage.BundleLimits;
import dev.sluice.worker.stage.JavaStage;

/**
 * How far the bundle is that a task has open, if it has one: how much its slice holds, whether the
 * bundle may outlast the slice, and whether it is one of input or one in which timers fire.
 *
 * <p>A slice is what the task does between two looks at watermarks, memory and outputs: up to
 * {@value #SLICE_RECORDS} records or 10 ms. A bundle is what user code sees. Owned by the task's
 * thread. Always true: timers do not fire in a bundle that holds input, so that a watermark right
 * behind the input counts for both.
 */
final class OpenBundle {
  /** The number of records with which a slice is full. */
  static final int SLICE_RECORDS = 1000;

  /** A slice that does not end its bundle takes no more batches, as its records may be large. */
  private static final int SLICE_BATCHES = 16;

  /** How many records a source begins with while nothing is known of their size. */
  private static final int FEW_RECORDS = 16;

  private static final long SLICE_NANOS = BundleLimits.SLICE_MS * 1_000_000;

  /** For so long it may keep a watermark back. */
  private static final long HOLD_NANOS = 1_000_000_000;

  private final Clock clock;
  private final JavaStage stage;
  private final BundleLimits limits;
  private boolean open;
  private boolean firing;
  private boolean stirred;
  private int fewRecords = FEW_RECORDS;
  private int records;
  private int batches;
  private long openedNanos;
  private long sliceDeadlineNanos;

  OpenBundle(Clock clock, JavaStage stage) {
    this.clock = clock;
    this.stage = stage;
    this.limits = stage.bundleLimits();
  }

  /** Opens it; false if it is open. */
  boolean open() {
    if (open) {
      return false;
    }
    open = true;
    openedNanos = clock.nanoTime();
    beginSlice(openedNanos);
    return true;
  }

  private void beginSlice(long nowNanos) {
    records = 0;
    batches = 0;
    sliceDeadlineNanos = nowNanos + SLICE_NANOS;
  }

  /** The next slice begins in the same bundle. */
  void endSlice() {
    beginSlice(clock.nanoTime());
  }

  void close() {
    open = false;
    firing = false;
    stirred = false;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether it may be longer than a slice. */
  boolean outlastsSlices() {
    return limits.outlasts();
  }

  /** A batch came, or something was fired. */
  void add(int more) {
    records += more;
    batches++;
    stirred = true;
  }

  boolean sliceIsEmpty() {
    return records == 0;
  }

  /** Whether something has come since this was asked last. */
  boolean takeStirred() {
    boolean was = stirred;
    stirred = false;
    return was;
  }

  /** Timers fire in it from now on. */
  void fire() {
    firing = true;
  }

  /** Whether it is open and timers fire in it. */
  boolean fires() {
    return open && firing;
  }

  /** Whether it is open and not one in which timers fire. */
  boolean holdsInput() {
    return open && !firing;
  }

  /** Whether it is open and its slice should end: by its size or its age. */
  boolean sliceIsFull() {
    return open
        && (records >= SLICE_RECORDS
            || (batches >= SLICE_BATCHES && limits.outlasts())
            || sliceIsOld());
  }

  /** Whether its slice has lasted for as long as one may. */
  boolean sliceIsOld() {
    return clock.nanoTime() - sliceDeadlineNanos >= 0;
  }

  /** Whether it should end with its slice. */
  boolean isFull() {
    return !limits.outlasts() || stage.bundleIsLarge() || isOld();
  }

  /** Whether it has been open for as long as it may. */
  boolean isOld() {
    long most = mostNanos();
    return most < Long.MAX_VALUE && clock.nanoTime() - openedNanos >= most;
  }

  /** When it should end although nothing comes; {@code Long.MAX_VALUE} if never. */
  long endsAtNanos() {
    long most = open && limits.outlasts() ? mostNanos() : Long.MAX_VALUE;
    return most == Long.MAX_VALUE ? most : openedNanos + most;
  }

  private long mostNanos() {
    return limits.nanos() == Long.MAX_VALUE && stage.bundleHoldsWatermark()
        ? HOLD_NANOS
        : limits.nanos();
  }

  /** How many records a source may add to it in one go. */
  int room() {
    if (!limits.outlasts()) {
      return SLICE_RECORDS;
    }
    int few = fewRecords;
    fewRecords = Math.min(SLICE_RECORDS, 2 * few);
    return stage.bundleRoom(few, SLICE_RECORDS);
  }
}
