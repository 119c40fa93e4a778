package dev.sluice.state;

import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Everything that one key has in one transform: its state cells and its timers.
 *
 * <p>Owned by the {@link KeyTable} of the key's group once something lives in it; before that it is
 * the {@link KeyedState}'s scratch for a key that has no state. Touched by the task's thread only.
 * What is always true: the entry is in the table if a cell in it is live or a timer is set; empty
 * cells stay only while the key is selected, so that whoever was handed such a cell can still write
 * to it.
 *
 * <p>Cells and timers are kept in the order in which they came. A few are found by walking; more
 * than {@value #WALKED} by an index.
 */
final class KeyEntry {
  static final int WALKED = 8;
  private static final StateCell[] NO_CELLS = {};
  private static final TimerNode[] NO_TIMERS = {};

  final @Nullable Object key;
  final @Nullable Object lookup;
  final int hash;

  boolean inTable;
  int liveCells;
  private StateCell[] cells = NO_CELLS;
  private int cellCount;
  private TimerNode[] timers = NO_TIMERS;
  private int timerCount;
  private @Nullable CellIndex index;
  private @Nullable TimerIndex timerIndex;

  KeyEntry(@Nullable Object key, @Nullable Object lookup, int hash) {
    this.key = key;
    this.lookup = lookup;
    this.hash = hash;
  }

  boolean isEmpty() {
    return liveCells == 0 && timerCount == 0;
  }

  int emptyCells() {
    return cellCount - liveCells;
  }

  int cellCount() {
    return cellCount;
  }

  StateCell cellAt(int i) {
    return cells[i];
  }

  int timerCount() {
    return timerCount;
  }

  TimerNode timerAt(int i) {
    return timers[i];
  }

  @Nullable StateCell findCell(Namespace namespace, StateColumn column) {
    if (index != null) {
      return index.find(cells, namespace, column);
    }
    for (int i = 0; i < cellCount; i++) {
      StateCell cell = cells[i];
      if (cell.column == column && cell.namespace == namespace) {
        return cell;
      }
    }
    return null;
  }

  void addCell(StateCell cell) {
    if (cellCount == cells.length) {
      StateCell[] wider = new StateCell[cellCount == 0 ? 1 : cellCount * 2];
      System.arraycopy(cells, 0, wider, 0, cellCount);
      cells = wider;
    }
    cells[cellCount++] = cell;
    if (cellCount > WALKED) {
      if (index == null) {
        index = new CellIndex();
      }
      index.added(cells, cellCount);
    }
  }

  /** Lets go of the cells that hold nothing; they refuse to be written from here on. */
  void dropEmptyCells(Namespaces namespaces) {
    int kept = 0;
    for (int i = 0; i < cellCount; i++) {
      StateCell cell = cells[i];
      if (cell.live) {
        cells[kept++] = cell;
      } else {
        cell.entry = null;
        namespaces.release(cell.namespace);
      }
    }
    for (int i = kept; i < cellCount; i++) {
      cells[i] = null;
    }
    cellCount = kept;
    if (kept == 0) {
      cells = NO_CELLS;
    } else if (cells.length > WALKED && kept * 4 < cells.length) {
      StateCell[] narrower = new StateCell[kept * 2];
      System.arraycopy(cells, 0, narrower, 0, kept);
      cells = narrower;
    }
    if (kept <= WALKED) {
      index = null;
    } else if (index != null) {
      index.rebuild(cells, kept);
    }
  }

  @Nullable TimerNode findTimer(Namespace namespace, String timerId, String familyId) {
    if (timerIndex != null) {
      return timerIndex.find(namespace, timerId, familyId);
    }
    for (int i = 0; i < timerCount; i++) {
      TimerNode timer = timers[i];
      if (timer.is(namespace, timerId, familyId)) {
        return timer;
      }
    }
    return null;
  }

  void addTimer(TimerNode timer) {
    if (timerCount == timers.length) {
      TimerNode[] wider = new TimerNode[timerCount == 0 ? 1 : timerCount * 2];
      System.arraycopy(timers, 0, wider, 0, timerCount);
      timers = wider;
    }
    timer.placeInEntry = timerCount;
    timers[timerCount++] = timer;
    if (timerIndex != null) {
      timerIndex.add(timer);
    } else if (timerCount > WALKED) {
      timerIndex = new TimerIndex();
      for (int i = 0; i < timerCount; i++) {
        timerIndex.add(timers[i]);
      }
    }
  }

  void removeTimer(TimerNode timer) {
    int place = timer.placeInEntry;
    TimerNode last = timers[--timerCount];
    timers[place] = last;
    last.placeInEntry = place;
    timers[timerCount] = null;
    if (timerCount == 0) {
      timers = NO_TIMERS;
      timerIndex = null;
    } else if (timerIndex != null) {
      timerIndex.remove(timer);
    }
  }
}
