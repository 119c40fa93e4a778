package dev.sluice.state;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds one of many cells of a key (many windows, or many states) by namespace and column.
 *
 * <p>Belongs to one {@link KeyEntry}. An open-addressing table of the cells' places, without
 * removal: the entry rebuilds it when it drops cells. What is always true: every cell of the entry
 * is in it, at most half of the table is taken.
 */
final class CellIndex {
  /** A cell's place plus one; zero is free. */
  private int[] table = {};

  @Nullable StateCell find(StateCell[] cells, Namespace namespace, StateColumn column) {
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

  /** Takes in the cell that was appended last. */
  void added(StateCell[] cells, int count) {
    if (count * 2 > table.length) {
      rebuild(cells, count);
    } else {
      place(cells[count - 1], count);
    }
  }

  void rebuild(StateCell[] cells, int count) {
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
