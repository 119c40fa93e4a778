package dev.sluice.state.log;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How many records, and bytes of keys and values, there are of each state of each transform.
 *
 * <p>Owned by one thread at a time.
 */
final class SegmentCounts {
  private static final byte NOT_A_KIND = -1;

  private final SortedMap<Tag, Count> counts = new TreeMap<>();
  private Tag lastTag = new Tag(0, NOT_A_KIND, 0);
  private Count lastCount = new Count();

  /**
   * What is counted together.
   *
   * @param kind the code of an {@link EntryKey.Kind}; 0 for what deletes all of a transform in a
   *     group
   * @param state the hash of the state's id; 0 for a key's main record, which holds many
   */
  record Tag(int transform, byte kind, int state) implements Comparable<Tag> {
    private static final Comparator<Tag> ORDER =
        Comparator.comparingInt(Tag::transform)
            .thenComparingInt(Tag::kind)
            .thenComparingInt(Tag::state);

    @Override
    public int compareTo(Tag other) {
      return ORDER.compare(this, other);
    }
  }

  /** A count that grows. */
  static final class Count {
    private long puts;
    private long deletes;
    private long bytes;

    long puts() {
      return puts;
    }

    long deletes() {
      return deletes;
    }

    long bytes() {
      return bytes;
    }
  }

  /** Counts the record that a cursor stands at. */
  void add(RecordCursor at) {
    if (at.keyLength() < EntryKey.HEADER_BYTES - 1) {
      return;
    }
    byte[] key = at.key();
    int transform = EntryKey.transformHash(key);
    byte kind = at.keyLength() < EntryKey.HEADER_BYTES ? 0 : key[5];
    int state = EntryKey.stateHash(key, at.keyLength());
    if (transform != lastTag.transform || kind != lastTag.kind || state != lastTag.state) {
      lastTag = new Tag(transform, kind, state);
      lastCount = counts.computeIfAbsent(lastTag, tag -> new Count());
    }
    if (at.op() == RecordCursor.PUT) {
      lastCount.puts++;
      lastCount.bytes += at.keyLength() + at.valueLength();
    } else {
      lastCount.deletes++;
    }
  }

  /** Counts what others have counted. */
  void add(Tag tag, long puts, long deletes, long bytes) {
    Count count = counts.computeIfAbsent(tag, t -> new Count());
    count.puts += puts;
    count.deletes += deletes;
    count.bytes += bytes;
  }

  /** Counts what others have counted. */
  void addAll(SegmentCounts others) {
    others.counts.forEach((tag, c) -> add(tag, c.puts, c.deletes, c.bytes));
  }

  /** Returns the hashes of the transforms, each at least once. */
  List<Integer> transforms() {
    return counts.keySet().stream().map(Tag::transform).toList();
  }

  Map<Tag, Count> counts() {
    return counts;
  }
}
