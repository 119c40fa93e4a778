package dev.sluice.state.keyed;

import dev.sluice.state.store.HeapShare;

/**
 * What becomes of the entry of the selected key when another key is selected, or the same one once
 * more: it forgets what it need not keep, the heap that it takes is counted, and if nothing is left
 * of it, it leaves its table.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread.
 */
final class Deselection {
  /** How many cells of a key may stay empty while the same key is selected repeatedly. */
  private static final int EMPTY_CELLS_KEPT = 16;

  /** One key in this number is encoded to measure its cells. */
  private static final int MEASURED_EACH = 1024;

  private final KeyedState<?> owner;
  private final SavedCells saved;
  private final StoredKeys<?> stored;
  private final Changes changes;
  private final EntryCodec<?> codec;
  private final HeapShare share;
  private int untilMeasured;

  Deselection(
      KeyedState<?> owner,
      SavedCells saved,
      StoredKeys<?> stored,
      Changes changes,
      EntryCodec<?> codec,
      HeapShare share) {
    this.owner = owner;
    this.saved = saved;
    this.stored = stored;
    this.changes = changes;
    this.codec = codec;
    this.share = share;
  }

  /** Forgets what the selected key need not keep, now and then, when it is selected again. */
  void stay(KeyEntry entry) {
    saved.left();
    if (entry.emptyCells() > EMPTY_CELLS_KEPT) {
      entry.dropEmptyCells(owner.namespaces());
    }
  }

  /** Forgets what the entry need not keep when its key is no longer selected. */
  void leave(KeyEntry entry) {
    saved.left();
    if (entry.emptyCells() > 0) {
      entry.dropEmptyCells(owner.namespaces());
    }
    if (entry.inTable) {
      if (entry.isEmpty()) {
        outOfTable(entry);
      } else if (share.isLimited()) {
        count(entry);
      }
    }
  }

  /** Has the heap that the entry takes counted; now and then looks at how much that is. */
  private void count(KeyEntry entry) {
    if (--untilMeasured <= 0) {
      untilMeasured = MEASURED_EACH;
      for (int i = 0; i < entry.cellCount(); i++) {
        entry.cellAt(i).measure(owner.log().value());
      }
      share.relieve();
    }
    int bytes = entry.heapBytes();
    if (bytes != entry.leasedBytes()) {
      share.count(entry, bytes);
    }
  }

  /** An empty entry leaves the table, and the log hears of it now: its key may come again. */
  void outOfTable(KeyEntry entry) {
    owner.tables().remove(entry);
    changes.unmark(entry);
    share.uncount(entry);
    if (entry.logged && owner.log().isOn()) {
      entry.logged = false;
      owner.log().open().delete(codec.key(entry));
    }
    stored.forget(entry);
  }
}
