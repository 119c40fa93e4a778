package dev.sluice.state.windowed;

import dev.sluice.state.PartLog;
import dev.sluice.state.StatePart;
import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.SliceLimit;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.store.ObjectSize;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The live accumulators of a combine, by window and key: one {@link AccumulatorTable} for each
 * window that has any.
 *
 * <p>Owned by one operator, the task's thread only. A record's tables are found by the identity of
 * its windows' collection, of which the last few are remembered, so that as long as records share
 * their collections no map is touched and nothing allocated. What is always true: a table is open
 * from its first entry until {@link #close}, there is one open table for a window, and {@link
 * #first} is the open table whose window ends first (of several, the one that was opened first).
 * Some may be in the store, if they know how to be {@linkplain #mergedBy merged} or are lists; then
 * a window's entries come back by {@link #prepare}, in the order of groups and keys.
 *
 * @param <K> the type of the keys
 * @param <A> the type of the accumulators
 */
public final class WindowedAccumulators<K, A> implements StatePart {
  private static final int REMEMBERED = 4;
  private static final int SPARES = 3;

  /** While state is restored, it settles each time this number of entries has come. */
  private static final int SETTLED_EACH = 256;

  private final Coder<K> keyCoder;
  private final ObjectSize keySize;
  private final KeyColumn.Comparison comparison;
  private final Coder<A> accumulatorCoder;
  private final Coder<? extends BoundedWindow> windowCoder;
  private final boolean keepsTimestamps;

  // Only used for lookups, never iterated over: the order is in "open".
  private final Map<BoundedWindow, AccumulatorTable<K, A>> byWindow = new HashMap<>();
  private final TreeSet<AccumulatorTable<K, A>> open =
      new TreeSet<>(
          Comparator.<AccumulatorTable<K, A>>comparingLong(AccumulatorTable::endMs)
              .thenComparingLong(AccumulatorTable::sequence));
  private final ArrayDeque<AccumulatorTable<K, A>> spares = new ArrayDeque<>();
  private @Nullable AccumulatorTable<K, A> first;
  private long opened;
  private @Nullable PartLog log;
  private @Nullable RecordForm<A> form;
  private @Nullable BinaryOperator<A> merge;

  /** How many entries are on the heap. */
  long entries;

  /** What of them leaves the heap; null if nothing ever does. */
  private @Nullable Spilling<K, A> spilling;

  /** The tables of the closed epoch that are still to be logged. */
  private final ArrayDeque<AccumulatorTable<K, A>> closing = new ArrayDeque<>();

  /** While state is restored: the window that came last. */
  private @Nullable WindowRecords<K, A> restoring;

  private @Nullable AccumulatorTable<K, A> restoringTable;
  private long restored;

  private final Remembered<K, A>[] remembered = remembered();
  private Remembered<K, A> last = remembered[0];
  private int oldest;

  /**
   * @param keepsTimestamps whether a timestamp is kept with each entry; it is not among what {@link
   *     #forEachEntry} shows, so only for accumulators that live within a bundle
   */
  public WindowedAccumulators(
      Coder<K> keyCoder,
      Coder<A> accumulatorCoder,
      Coder<? extends BoundedWindow> windowCoder,
      boolean keepsTimestamps) {
    this.keyCoder = keyCoder;
    this.keySize = ObjectSize.of(keyCoder);
    this.comparison = KeyColumn.Comparison.by(keyCoder);
    this.accumulatorCoder = accumulatorCoder;
    this.windowCoder = windowCoder;
    this.keepsTimestamps = keepsTimestamps;
  }

  /**
   * Says how two accumulators of one key become one, so that some may leave the heap and be merged
   * with what came later; to be called before it is registered. Lists need none.
   */
  public WindowedAccumulators<K, A> mergedBy(BinaryOperator<A> merging) {
    merge = merging;
    return this;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <K, A> Remembered<K, A>[] remembered() {
    Remembered<K, A>[] all = new Remembered[REMEMBERED];
    Arrays.setAll(all, i -> new Remembered<>());
    return all;
  }

  /**
   * Returns the table of each of the windows, in their order; a table is opened by its first entry,
   * which must be added before the tables of other windows are asked for, or never. The array must
   * not be changed and not be kept.
   */
  public AccumulatorTable<K, A>[] tables(Collection<? extends BoundedWindow> windows) {
    if (last.windows == windows) {
      return last.tables;
    }
    for (Remembered<K, A> candidate : remembered) {
      if (candidate.windows == windows) {
        last = candidate;
        return candidate.tables;
      }
    }
    return lookUp(windows);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private AccumulatorTable<K, A>[] lookUp(Collection<? extends BoundedWindow> windows) {
    Remembered<K, A> slot = remembered[oldest];
    oldest = (oldest + 1) % REMEMBERED;
    if (slot.tables.length != windows.size()) {
      slot.tables = new AccumulatorTable[windows.size()];
    }
    int i = 0;
    for (BoundedWindow window : windows) {
      AccumulatorTable<K, A> table = byWindow.get(window);
      slot.tables[i++] = table != null ? table : new AccumulatorTable<>(this, window);
    }
    slot.windows = windows;
    last = slot;
    return slot.tables;
  }

  /** Returns the open table whose window ends first, or null if none is open. */
  public @Nullable AccumulatorTable<K, A> first() {
    return first;
  }

  /**
   * Returns the last timestamp of the window that ends first; {@code Long.MAX_VALUE} if none is
   * open.
   */
  public long firstEndMs() {
    return first == null ? Long.MAX_VALUE : first.endMs();
  }

  /** Forgets an open table and what it still holds. */
  public void close(AccumulatorTable<K, A> table) {
    if (!open.remove(table)) {
      throw new IllegalStateException("table of window " + table.window() + " is not open");
    }
    if (spilling != null) {
      spilling.forget(table);
    }
    table.forget();
    byWindow.remove(table.window());
    first = open.isEmpty() ? null : open.first();
    for (Remembered<K, A> slot : remembered) {
      if (Arrays.asList(slot.tables).contains(table)) {
        slot.windows = null;
        Arrays.fill(slot.tables, null);
      }
    }
    if (table.clear() && spares.size() < SPARES) {
      spares.push(table);
    }
  }

  long opened(AccumulatorTable<K, A> table) {
    if (byWindow.putIfAbsent(table.window(), table) != null) {
      throw new IllegalStateException("window " + table.window() + " has an open table already");
    }
    AccumulatorTable<K, A> spare = spares.poll();
    if (spare != null) {
      table.takeArraysOf(spare);
    }
    return opened++;
  }

  void enlist(AccumulatorTable<K, A> table) {
    open.add(table);
    first = open.first();
  }

  KeyColumn<K> newKeys(int capacity) {
    return new KeyColumn<>(keyCoder, comparison, capacity);
  }

  boolean keepsTimestamps() {
    return keepsTimestamps;
  }

  boolean logs() {
    return log != null && log.isOn();
  }

  PartLog log() {
    return log;
  }

  RecordForm<A> form() {
    return form;
  }

  K keyOf(byte[] recordKey) {
    return restoring.keyOf(recordKey);
  }

  /** What log and store will have of a window; null if neither will have anything. */
  @Nullable WindowRecords<K, A> newRecords(BoundedWindow window) {
    return form == null || (!logs() && spilling == null)
        ? null
        : new WindowRecords<>(log, keyCoder, form, PartLog.namespace(windowCoder, window));
  }

  /**
   * To be called now and then, for example at the end of a bundle: counts what is on the heap, and
   * moves some of it to the store if that is too much.
   */
  public void settle() {
    if (spilling != null) {
      spilling.settle();
    }
  }

  /**
   * Makes a table's first entry ready to be handed out, if the table has any more: to be called
   * before its entries are looked at for good.
   *
   * @return how many entries had to be moved for that, not more than {@code most}; if there were
   *     any, it is to be called again
   */
  public int prepare(AccumulatorTable<K, A> table, int most) {
    return table.spilled() ? spilling.prepare(table, most) : 0;
  }

  /** The last table that records were added to, or null if nobody remembers. */
  @Nullable AccumulatorTable<K, A> latest() {
    return last.windows == null || last.tables.length == 0 ? first : last.tables[0];
  }

  NavigableSet<AccumulatorTable<K, A>> open() {
    return open;
  }

  long keyBytes(@Nullable K key) {
    log.encode(log.value(), key, keyCoder);
    return keySize.bytes(log.value().size());
  }

  @Override
  public void logTo(PartLog partLog) {
    log = partLog;
    form = formOf(partLog);
    if (partLog.share().isLimited() && (merge != null || form.isInParts())) {
      spilling = new Spilling<>(this, partLog.share());
      partLog.share().add(spilling);
    }
  }

  @SuppressWarnings("unchecked") // accumulators are lists exactly if their coder is that of lists
  private RecordForm<A> formOf(PartLog partLog) {
    return accumulatorCoder instanceof ValueLists.ListCoder<?> lists
        ? (RecordForm<A>) new PerElementForm<>(partLog, lists.lists())
        : new WholeForm<>(partLog, accumulatorCoder, merge);
  }

  @Override
  public void barrier() {
    if (logs()) {
      for (AccumulatorTable<K, A> table : open) {
        table.barrier();
        closing.add(table);
      }
      if (leaving() != null) {
        leaving().barrier();
        closing.add(leaving());
      }
    }
  }

  private @Nullable AccumulatorTable<K, A> leaving() {
    return spilling == null ? null : spilling.leaving();
  }

  /** A table gave its entries to another one that is on its way to the store. */
  void retired(AccumulatorTable<K, A> leaving) {
    if (!closing.isEmpty()) {
      closing.add(leaving);
    }
  }

  @Override
  public boolean logSome(SliceLimit limit) {
    while (!closing.isEmpty()) {
      if (!closing.peek().logSome(limit)) {
        return false;
      }
      closing.poll();
    }
    return true;
  }

  @Override
  public void restore(byte[] key, byte[] value) {
    AccumulatorTable<K, A> table = tableFor(PartLog.namespaceOf(key));
    if (table.spilled()) {
      table.restoreToStore(key, value);
      return;
    }
    table.restore(key, value, RecordForm.hashOf(value));
    if (++restored % SETTLED_EACH == 0) {
      settle();
    }
  }

  private AccumulatorTable<K, A> tableFor(byte[] namespace) {
    if (restoring == null || !Arrays.equals(restoring.namespace(), namespace)) {
      BoundedWindow window = PartLog.windowOfNamespace(namespace, windowCoder);
      restoringTable = tables(List.of(window))[0];
      restoring = new WindowRecords<>(log, keyCoder, form, namespace);
    }
    return restoringTable;
  }

  @Override
  public long entryCount() {
    long count = entries;
    for (AccumulatorTable<K, A> table : open) {
      count += table.records() == null ? 0 : table.records().storedRecords();
    }
    return count;
  }

  @Override
  public void forEachEntry(StateEntry.Column column, EntryVisitor visitor) {
    List<AccumulatorTable<K, A>> tables = new ArrayList<>(open);
    if (leaving() != null) {
      tables.add(leaving());
    }
    List<int[]> byGroup = tables.stream().map(WindowedAccumulators::entriesByGroup).toList();
    int[] next = new int[tables.size()];
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      for (int t = 0; t < next.length; t++) {
        AccumulatorTable<K, A> table = tables.get(t);
        int[] entriesOfTable = byGroup.get(t);
        while (next[t] < entriesOfTable.length
            && KeyGroups.groupOf(table.hash(entriesOfTable[next[t]])) == group) {
          int entry = entriesOfTable[next[t]++];
          visitor.visit(entry(column, group, table, table.key(entry), table.accumulator(entry)));
        }
        if (table.spilled() && table != leaving()) {
          int g = group;
          table
              .records()
              .forEachStored(g, (key, part) -> visitor.visit(entry(column, g, table, key, part)));
        }
      }
    }
  }

  /** The entries that a table holds, by ascending group of their keys. */
  private static int[] entriesByGroup(AccumulatorTable<?, ?> table) {
    int[] upTo = new int[KeyGroups.COUNT + 1];
    for (int entry = table.first(); entry < table.end(); entry++) {
      upTo[KeyGroups.groupOf(table.hash(entry)) + 1]++;
    }
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      upTo[group + 1] += upTo[group];
    }
    int[] sorted = new int[table.end() - table.first()];
    for (int entry = table.first(); entry < table.end(); entry++) {
      sorted[upTo[KeyGroups.groupOf(table.hash(entry))]++] = entry;
    }
    return sorted;
  }

  @SuppressWarnings("unchecked")
  private StateEntry entry(
      StateEntry.Column column, int group, AccumulatorTable<K, A> table, K key, A accumulator) {
    return new StateEntry(
        group,
        column,
        StateNamespaces.window((Coder<BoundedWindow>) windowCoder, table.window()),
        new Coded<>(key, keyCoder),
        null,
        new Coded<>(accumulator, accumulatorCoder));
  }

  /** The tables of one collection of windows; unused while {@code windows} is null. */
  private static final class Remembered<K, A> {
    private @Nullable Collection<? extends BoundedWindow> windows;
    private AccumulatorTable<K, A>[] tables = none();

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <K, A> AccumulatorTable<K, A>[] none() {
      return new AccumulatorTable[0];
    }
  }
}
