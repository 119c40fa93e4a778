package dev.sluice.state.keyed;

import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.entry.StateLog;
import dev.sluice.state.store.StateStore;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What keys have outside of their cells: content that was saved and not asked for since ({@link
 * UndecodedCells}), and the elements of large collections ({@link CellParts}).
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread.
 */
final class SavedCells {
  private final KeyedState<?> owner;
  private final EntryCodec<?> codec;
  private final StateStore store;
  private final StoreSnapshots snapshots;

  SavedCells(KeyedState<?> owner, EntryCodec<?> codec, StateStore store) {
    this.owner = owner;
    this.codec = codec;
    this.store = store;
    this.snapshots = new StoreSnapshots(owner.transformId(), store);
  }

  /** Gives a new cell of the selected key the content that was saved for it, if any was. */
  void decode(StateCell cell) {
    KeyEntry entry = cell.entry;
    if (entry.undecoded == null) {
      return;
    }
    ByteReader content = entry.undecoded.take(cell.column.hash(), codec.namespace(cell.namespace));
    if (content != null) {
      if (entry.undecoded.takenKind() == UndecodedCells.PARTED) {
        cell.decodeParted(content);
      } else {
        cell.decodeContent(content);
      }
      cell.restored();
      if (entry.undecoded.count() == 0) {
        entry.undecoded = null;
      }
    }
  }

  /** Clears what was saved of a namespace, or of all. */
  void clear(KeyEntry entry, @Nullable Namespace only) {
    if (entry.undecoded == null) {
      return;
    }
    int gone =
        entry.undecoded.removeAll(
            only == null ? null : codec.namespace(only), new GoneCells(entry));
    if (gone > 0) {
      cleared(entry, gone);
    }
  }

  /** Clears what was saved of one state. */
  void clear(KeyEntry entry, Namespace namespace, String stateId) {
    int stateHash = owner.log().stateHash(stateId);
    byte[] encoded = codec.namespace(namespace);
    if (entry.undecoded != null && entry.undecoded.take(stateHash, encoded) != null) {
      if (entry.undecoded.takenKind() == UndecodedCells.PARTED) {
        savedParts(entry, stateHash, encoded).clear();
      }
      cleared(entry, 1);
    }
  }

  private void cleared(KeyEntry entry, int gone) {
    owner.markChanged(entry);
    owner.cellsGone(entry, gone);
    if (entry.undecoded.count() == 0) {
      entry.undecoded = null;
    }
  }

  /** Takes back an element that was saved. */
  void restorePart(byte[] key, byte[] value) {
    StateLog log = owner.log();
    store.put(log.key().clear().put(key), log.value().clear().put(value));
  }

  /** The elements of a cell that are no part of its key's record any more. */
  CellParts newParts(StateCell cell) {
    return parts(cell.entry, cell.column.hash(), codec.namespace(cell.namespace));
  }

  /** The elements of a collection of which no cell was made. */
  private CellParts savedParts(KeyEntry entry, int stateHash, byte[] namespace) {
    CellParts parts = parts(entry, stateHash, namespace);
    parts.stored = true;
    return parts;
  }

  private CellParts parts(KeyEntry entry, int stateHash, byte[] namespace) {
    return new CellParts(owner.log(), store, snapshots, codec.parts(entry, stateHash, namespace));
  }

  /** The key is left, or selected once more: what was read of large collections is over. */
  void left() {
    if (!snapshots.isEmpty()) {
      snapshots.clear();
    }
  }

  /** Forgets what is known elsewhere of cells that go. */
  private final class GoneCells implements UndecodedCells.Gone {
    private final KeyEntry entry;

    private GoneCells(KeyEntry entry) {
      this.entry = entry;
    }

    @Override
    public void hold(long timeMs) {
      owner.holds().remove(timeMs);
    }

    @Override
    public void parts(int stateHash, byte[] namespace) {
      savedParts(entry, stateHash, namespace).clear();
    }
  }
}
