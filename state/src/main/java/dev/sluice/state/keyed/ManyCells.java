package dev.sluice.state.keyed;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The cells of a key that has more than one (several states, or several windows), in the order in
 * which they came.
 *
 * <p>Belongs to one {@link KeyEntry}. A few are found by walking; more than {@value #WALKED} by an
 * open-addressing table of their places, which is rebuilt when cells are dropped. What is always
 * true: every cell is in the table if there is one, and at most half of the table is taken.
 */
final class ManyCells {
  private static final int WALKED = 8;
  private static final int[] NO_TABLE = {};

  private StateCell[] cells = new StateCell[2];
  private int count;

  /** A cell's place plus one; zero is free. */
  private int[] table = NO_TABLE;

  int count() {
    return count;
  }

  StateCell at(int i) {
    return cells[i];
  }

  @Nullable StateCell find(Namespace namespace, StateColumn column) {
    if (count > WALKED) {
      return findInTable(namespace, column);
    }
    for (int i = 0; i < count; i++) {
      StateCell cell = cells[i];
      if (cell.column == column && cell.namespace == namespace) {
        return cell;
      }
    }
    return null;
  }

  void add(StateCell cell) {
    if (count == cells.length) {
      cells = Arrays.copyOf(cells, count * 2);
    }
    cells[count++] = cell;
    if (count > WALKED) {
      if (count * 2 > table.length) {
        rebuildTable();
      } else {
        place(cell, count);
      }
    }
  }

  void dropEmpty(Namespaces namespaces) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      StateCell cell = cells[i];
      if (cell.live) {
        cells[kept++] = cell;
      } else {
        cell.letGo(namespaces);
      }
    }
    Arrays.fill(cells, kept, count, null);
    count = kept;
    if (kept * 4 < cells.length) {
      cells = Arrays.copyOf(cells, Math.max(2, kept * 2));
    }
    if (kept > WALKED) {
      rebuildTable();
    } else {
      table = NO_TABLE;
    }
  }

  private @Nullable StateCell findInTable(Namespace namespace, StateColumn column) {
    int mask = table.length - 1;
    int at = hash(namespace, column) & mask;
    while (table[at] != 0) {
      StateCell cell = cells[table[at] - 1];
      if (cell.column == column && cell.namespace == namespace) {
        return cell;
      }
      at = (at + 1) & mask;
    }
    return null;
  }

  private void rebuildTable() {
    int capacity = Integer.highestOneBit(count) * 4;
    if (table.length == capacity) {
      Arrays.fill(table, 0);
    } else {
      table = new int[capacity];
    }
    for (int i = 0; i < count; i++) {
      place(cells[i], i + 1);
    }
  }

  private void place(StateCell cell, int placePlusOne) {
    int mask = table.length - 1;
    int at = hash(cell.namespace, cell.column) & mask;
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = placePlusOne;
  }

  private static int hash(Namespace namespace, StateColumn column) {
    return KeyTable.spread(namespace.hash + column.ordinal * 0x85ebca6b);
  }
}
