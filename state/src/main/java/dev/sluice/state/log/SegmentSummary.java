package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.sdk.util.VarInt;

/**
 * What segments hold, for people: how many entries and bytes of which state of which transform.
 *
 * <p>Owned by one thread, on which {@link #add} reads whole segments. It counts what is put, so it
 * is exact for those of savepoints and for bases, in which each entry stands once.
 */
public final class SegmentSummary {
  /** Stands for the keys of a transform: their encodings, once for each key that has anything. */
  public static final String KEYS = "(keys)";

  /** Stands for the timers of a transform. */
  public static final String TIMERS = "(timers)";

  private final StateNames names = new StateNames();
  private final SortedMap<Tag, Count> counts = new TreeMap<>();
  private final int leastOf;
  private final SortedMap<Integer, Long> least = new TreeMap<>();

  /**
   * A summary of nothing yet.
   *
   * @param leastOf the id of a state that holds a number in each key group, of which {@link #least}
   *     tells the least
   */
  public SegmentSummary(String leastOf) {
    this.leastOf = EntryKey.nameHash(leastOf);
  }

  /**
   * One state of one transform.
   *
   * @param transform its full name
   * @param state its id; {@link #KEYS} or {@link #TIMERS}
   * @param entries cells, elements or parts of large collections, keys, timers
   * @param bytes when encoded, before they are packed
   */
  public record Row(String transform, String state, long entries, long bytes) {}

  /**
   * What is counted together.
   *
   * @param state the hash of the state's id; not asked for unless the sort is {@link Sort#STATE}
   */
  private record Tag(int transform, Sort sort, int state) implements Comparable<Tag> {
    private static final Comparator<Tag> ORDER =
        Comparator.comparingInt(Tag::transform)
            .thenComparing(Tag::sort)
            .thenComparingInt(Tag::state);

    @Override
    public int compareTo(Tag other) {
      return ORDER.compare(this, other);
    }
  }

  private enum Sort {
    KEYS,
    TIMERS,
    STATE
  }

  /** A count that grows. */
  private static final class Count {
    private long entries;
    private long bytes;
  }

  /**
   * Reads segments and counts what they hold.
   *
   * @throws CorruptSegmentException if one is not as it was written
   */
  public void add(CheckpointFiles files, List<SegmentRef> segments) throws IOException {
    for (SegmentRef segment : segments) {
      SegmentReader reader = SegmentReader.open(files, segment);
      names.addAll(reader.footer().names());
      try (RecordCursor records = reader.records(SegmentFilter.ALL)) {
        while (records.next()) {
          if (records.op() == RecordCursor.PUT) {
            count(records);
          }
        }
      }
    }
  }

  private void count(RecordCursor at) {
    int transform = EntryKey.transformHash(at.key());
    int bytes = at.keyLength() + at.valueLength();
    if (!EntryKey.isKeyed(at.key())) {
      int state = EntryKey.stateHash(at.key(), at.keyLength());
      add(new Tag(transform, Sort.STATE, state), bytes);
      if (state == leastOf && EntryKey.kind(at.key()) == EntryKey.Kind.VALUE) {
        least.merge(transform, number(at), Math::min);
      }
      return;
    }
    int keyInValue =
        EntryKey.hasKeyInValue(at.key())
            ? MainRecord.keyBytes(at.values(), at.valueOffset(), at.valueLength())
            : 0;
    add(new Tag(transform, Sort.KEYS, 0), at.keyLength() + keyInValue);
    MainRecord.visit(
        at.values(),
        at.valueOffset() + keyInValue,
        at.valueLength() - keyInValue,
        new MainRecord.Visitor() {
          @Override
          public void cell(int stateHash, int cellBytes) {
            add(new Tag(transform, Sort.STATE, stateHash), cellBytes);
          }

          @Override
          public void timer(int timerBytes) {
            add(new Tag(transform, Sort.TIMERS, 0), timerBytes);
          }
        });
  }

  private static long number(RecordCursor at) {
    try {
      return VarInt.decodeLong(
          new ByteArrayInputStream(at.values(), at.valueOffset(), at.valueLength()));
    } catch (IOException e) {
      throw new IllegalArgumentException("a value in a segment is not a number", e);
    }
  }

  private void add(Tag tag, int bytes) {
    Count count = counts.computeIfAbsent(tag, t -> new Count());
    count.entries++;
    count.bytes += bytes;
  }

  private static String name(SortedMap<Integer, String> names, int hash) {
    return names.getOrDefault(hash, String.format("(hash %08x)", hash));
  }

  /** Returns the least number of each transform that has any, by its full name. */
  public SortedMap<String, Long> least() {
    SortedMap<Integer, String> transforms = names.transforms();
    SortedMap<String, Long> byName = new TreeMap<>();
    least.forEach((transform, number) -> byName.put(name(transforms, transform), number));
    return byName;
  }

  /** Returns the counts, in the order of the names of transforms and of states. */
  public List<Row> rows() {
    SortedMap<Integer, String> transforms = names.transforms();
    SortedMap<Integer, String> states = names.states();
    List<Row> rows = new ArrayList<>();
    counts.forEach(
        (tag, count) -> {
          String state =
              switch (tag.sort) {
                case KEYS -> KEYS;
                case TIMERS -> TIMERS;
                case STATE -> name(states, tag.state);
              };
          rows.add(new Row(name(transforms, tag.transform), state, count.entries, count.bytes));
        });
    rows.sort(Comparator.comparing(Row::transform).thenComparing(Row::state));
    return rows;
  }
}
