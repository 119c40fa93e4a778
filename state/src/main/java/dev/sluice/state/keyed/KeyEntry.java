package dev.sluice.state.keyed;

import dev.sluice.state.store.HeapShare;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Everything that one key has in one transform: its state cells and its timers.
 *
 * <p>Owned by the {@link KeyTable} of the key's group once something lives in it; before that it is
 * only the {@link KeyedState}'s selected key. Touched by the task's thread only. What is always
 * true: the entry is in the table if a cell in it is live or a timer is set; empty cells stay only
 * while the key is selected, so that whoever was handed such a cell can still write to it.
 *
 * <p>Most keys have one cell and no timer, so these are all that an entry itself has room for.
 */
final class KeyEntry implements HeapShare.Lessee {
  /** Itself, its key and its place in the table. */
  private static final int OWN_BYTES = 120;

  /** A timer with its times, its identifiers and its places. */
  private static final int TIMER_BYTES = 200;

  final @Nullable Object key;

  /** What stands for the key in look-ups: see {@link KeyLookup}. */
  final @Nullable Object standIn;

  /** The key, if it is a whole number. */
  final long number;

  final int hash;

  boolean inTable;

  /** The epoch in which it changed without being logged since; 0 if there is nothing to log. */
  int changedIn;

  /** Where it is among the {@link ChangedEntries} while it is marked as changed. */
  int placeInChanged;

  /** Whether some segment may have a record of it. */
  boolean logged;

  /** Whether the store has a record of it, which may be of an older state. */
  boolean stored;

  /** Whether the store's record says what it is now. */
  boolean storedSame;

  /** Whether it was selected since the clock's hand came by. */
  boolean recent;

  /** Whether it is one of the {@link LongKeys}. */
  boolean isLong;

  /** The saved cells that nobody has asked for yet. */
  @Nullable UndecodedCells undecoded;

  /** Live cells, decoded or not. */
  int liveCells;

  private int leasedBytes;
  private @Nullable StateCell onlyCell;
  private @Nullable ManyCells manyCells;
  private @Nullable KeyTimers timers;

  KeyEntry(@Nullable Object key, @Nullable Object standIn, long number, int hash) {
    this.key = key;
    this.standIn = standIn;
    this.number = number;
    this.hash = hash;
  }

  boolean isEmpty() {
    return liveCells == 0 && timers == null;
  }

  int emptyCells() {
    return cellCount() - liveCells + (undecoded == null ? 0 : undecoded.count());
  }

  int cellCount() {
    if (manyCells != null) {
      return manyCells.count();
    }
    return onlyCell == null ? 0 : 1;
  }

  StateCell cellAt(int i) {
    return manyCells == null ? onlyCell : manyCells.at(i);
  }

  @Nullable StateCell findCell(Namespace namespace, StateColumn column) {
    if (manyCells != null) {
      return manyCells.find(namespace, column);
    }
    return onlyCell != null && onlyCell.column == column && onlyCell.namespace == namespace
        ? onlyCell
        : null;
  }

  /** Returns an estimate of the bytes it takes. */
  int heapBytes() {
    int bytes = undecoded == null ? OWN_BYTES : OWN_BYTES + undecoded.heapBytes();
    if (onlyCell != null) {
      bytes += onlyCell.heapBytes();
    } else if (manyCells != null) {
      for (int i = 0; i < manyCells.count(); i++) {
        bytes += manyCells.at(i).heapBytes();
      }
    }
    return timers == null ? bytes : bytes + TIMER_BYTES * timers.count();
  }

  @Override
  public int leasedBytes() {
    return leasedBytes;
  }

  @Override
  public void setLeasedBytes(int bytes) {
    leasedBytes = bytes;
  }

  /** Elements of collections that are not in its record go to the store. */
  void partsToStore() {
    for (int i = 0; i < cellCount(); i++) {
      cellAt(i).toStore();
    }
  }

  /** Lets go of all cells: their content is in the store. */
  void dropCells(Namespaces namespaces) {
    for (int i = 0; i < cellCount(); i++) {
      StateCell cell = cellAt(i);
      cell.discard();
      cell.letGo(namespaces);
    }
  }

  void addCell(StateCell cell) {
    if (manyCells != null) {
      manyCells.add(cell);
    } else if (onlyCell == null) {
      onlyCell = cell;
    } else {
      manyCells = new ManyCells();
      manyCells.add(onlyCell);
      manyCells.add(cell);
      onlyCell = null;
    }
  }

  /** Lets go of the cells that hold nothing; they refuse to be written from here on. */
  void dropEmptyCells(Namespaces namespaces) {
    if (manyCells != null) {
      manyCells.dropEmpty(namespaces);
      if (manyCells.count() <= 1) {
        onlyCell = manyCells.count() == 0 ? null : manyCells.at(0);
        manyCells = null;
      }
    } else if (onlyCell != null && !onlyCell.live) {
      onlyCell.letGo(namespaces);
      onlyCell = null;
    }
  }

  int timerCount() {
    return timers == null ? 0 : timers.count();
  }

  TimerNode timerAt(int i) {
    return timers.at(i);
  }

  @Nullable TimerNode findTimer(Namespace namespace, String timerId, String familyId) {
    return timers == null ? null : timers.find(namespace, timerId, familyId);
  }

  void addTimer(TimerNode timer) {
    if (timers == null) {
      timers = new KeyTimers();
    }
    timers.add(timer);
  }

  void removeTimer(TimerNode timer) {
    timers.remove(timer);
    if (timers.count() == 0) {
      timers = null;
    }
  }
}
