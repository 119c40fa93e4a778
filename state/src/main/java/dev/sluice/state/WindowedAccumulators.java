package dev.sluice.state;

import dev.sluice.state.key.KeyGroups;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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
 *
 * @param <K> the type of the keys
 * @param <A> the type of the accumulators
 */
public final class WindowedAccumulators<K, A> implements StatePart {
  private static final int REMEMBERED = 4;
  private static final int SPARES = 3;

  private final Coder<K> keyCoder;
  private final KeyColumn.Comparison comparison;
  private final Coder<A> accumulatorCoder;
  private final Coder<? extends BoundedWindow> windowCoder;
  private final boolean keepsTimestamps;

  // Only looked up in, never walked over: the order is in "open".
  private final Map<BoundedWindow, AccumulatorTable<K, A>> byWindow = new HashMap<>();
  private final TreeSet<AccumulatorTable<K, A>> open =
      new TreeSet<>(
          Comparator.<AccumulatorTable<K, A>>comparingLong(AccumulatorTable::endMs)
              .thenComparingLong(AccumulatorTable::sequence));
  private final ArrayDeque<AccumulatorTable<K, A>> spares = new ArrayDeque<>();
  private @Nullable AccumulatorTable<K, A> first;
  private long opened;
  private @Nullable PartLog log;

  /** The tables of the closed epoch that are still to be logged. */
  private final ArrayDeque<AccumulatorTable<K, A>> closing = new ArrayDeque<>();

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
    this.comparison = KeyColumn.Comparison.by(keyCoder);
    this.accumulatorCoder = accumulatorCoder;
    this.windowCoder = windowCoder;
    this.keepsTimestamps = keepsTimestamps;
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
    table.logClosing();
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

  Coder<K> keyCoder() {
    return keyCoder;
  }

  Coder<A> accumulatorCoder() {
    return accumulatorCoder;
  }

  byte[] namespaceOf(BoundedWindow window) {
    return PartLog.namespace(windowCoder, window);
  }

  @Override
  public void logTo(PartLog partLog) {
    log = partLog;
  }

  @Override
  public void barrier() {
    if (logs()) {
      for (AccumulatorTable<K, A> table : open) {
        table.barrier();
        closing.add(table);
      }
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
    BoundedWindow window = PartLog.windowOf(key, windowCoder);
    AccumulatorTable<K, A> table = tables(List.of(window))[0];
    K decoded = log.decodeRestOfKey(key, keyCoder);
    int hash = new ByteReader(value, 0).readInt();
    A accumulator = log.decodeValue(value, Integer.BYTES, accumulatorCoder);
    if (table.find(decoded, hash) >= 0) {
      throw new IllegalStateException("a key of window " + window + " was restored twice");
    }
    table.restored(table.add(decoded, hash, accumulator));
  }

  @Override
  public long entryCount() {
    long count = 0;
    for (AccumulatorTable<K, A> table : open) {
      count += table.end() - table.first();
    }
    return count;
  }

  @Override
  public void forEachEntry(StateEntry.Column column, EntryVisitor visitor) {
    List<AccumulatorTable<K, A>> tables = List.copyOf(open);
    List<int[]> byGroup = tables.stream().map(AccumulatorTable::entriesByGroup).toList();
    int[] next = new int[tables.size()];
    for (int group = 0; group < KeyGroups.COUNT; group++) {
      for (int t = 0; t < next.length; t++) {
        AccumulatorTable<K, A> table = tables.get(t);
        int[] entries = byGroup.get(t);
        while (next[t] < entries.length
            && KeyGroups.groupOf(table.hash(entries[next[t]])) == group) {
          visitor.visit(entry(column, group, table, entries[next[t]++]));
        }
      }
    }
  }

  @SuppressWarnings("unchecked")
  private StateEntry entry(
      StateEntry.Column column, int group, AccumulatorTable<K, A> table, int entry) {
    return new StateEntry(
        group,
        column,
        StateNamespaces.window((Coder<BoundedWindow>) windowCoder, table.window()),
        new Coded<>(table.key(entry), keyCoder),
        null,
        new Coded<>(table.accumulator(entry), accumulatorCoder));
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
