package dev.sluice.state.keyed;

import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import java.util.function.ObjIntConsumer;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The keys of one transform that are on the heap: a {@link KeyTable} for each key group of the
 * task.
 *
 * <p>Owned by a {@link KeyedState}. What is always true: {@link KeyEntry#inTable} says of each
 * entry whether it is here, and {@link #count} how many are.
 */
final class KeyTables {
  private final String transformId;
  private final KeyGroupRange range;
  private final KeyTable[] groups;
  private final ClockHand hand;
  private long count;

  KeyTables(String transformId, KeyGroupRange range) {
    this.transformId = transformId;
    this.range = range;
    this.groups = new KeyTable[range.size()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new KeyTable();
    }
    this.hand = new ClockHand(groups);
  }

  long count() {
    return count;
  }

  /** Returns the table of the group that a key with this hash is in, which must be the task's. */
  KeyTable of(int keyHash) {
    int group = KeyGroups.groupOf(keyHash);
    if (!range.contains(group)) {
      throw new IllegalStateException(
          String.format(
              "Key group %d is not among %d..%d, which this task of transform %s owns",
              group, range.first(), range.last(), transformId));
    }
    return groups[group - range.first()];
  }

  void insert(KeyEntry entry) {
    if (!entry.inTable) {
      entry.inTable = true;
      count++;
      of(entry.hash).insert(entry);
    }
  }

  void remove(KeyEntry entry) {
    entry.inTable = false;
    of(entry.hash).remove(entry);
    count--;
  }

  /** Returns a key that was not selected for a while, which is to be removed; null if none is. */
  @Nullable KeyEntry idle(@Nullable KeyEntry selected) {
    return count == 0 ? null : hand.next(selected);
  }

  /** Shows every entry with its group, by ascending group. */
  void forEach(ObjIntConsumer<KeyEntry> visitor) {
    for (int group = range.first(); group <= range.last(); group++) {
      KeyTable table = groups[group - range.first()];
      for (int place = 0; place < table.capacity(); place++) {
        KeyEntry entry = table.entryAt(place);
        if (entry != null) {
          visitor.accept(entry, group);
        }
      }
    }
  }
}
