package dev.sluice.state.log;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Brings a base and the segments since together, by an external merge sort: to entries, or to one
 * sorted segment.
 *
 * <p>Used by one thread, on which it blocks. What is always true: sorted segments are streamed; the
 * records of those that are not are sorted on the heap, a bounded number of bytes at a time, and go
 * to the scratch disk in runs if there are more. A sorted segment that is small is sorted again
 * with its neighbours, so that many small ones are not many open files.
 */
public final class SegmentMerge {
  /** A sorted segment is streamed if it is not less than this part of what is sorted at once. */
  private static final int STREAMED_PART = 16;

  /** This number of runs is merged to one before there are more: each has a buffer on the heap. */
  private static final int MOST_RUNS = 64;

  /**
   * The part of the heap for all sorts of a restore, one over this; there is about one sort for
   * each core.
   */
  private static final int RESTORE_HEAP_PART = 6;

  private static final int LARGEST_RESTORE_SORT_BYTES = 1 << 30;

  private final Disk scratch;
  private final int sortBytes;
  private final BooleanSupplier stopped;
  private final StateNames names = new StateNames();
  private final List<RecordCursor> inputs = new ArrayList<>();
  private int runsAtEnd;
  private int runs;

  /**
   * A merge.
   *
   * @param stopped asked now and then whether the result is not wanted any more
   */
  SegmentMerge(Disk scratch, int sortBytes, BooleanSupplier stopped) {
    this.scratch = scratch;
    this.sortBytes = sortBytes;
    this.stopped = stopped;
  }

  /**
   * Returns the entries that the segments come to, applied one after the other.
   *
   * @param scratch takes runs that do not fit on the heap; no other merge, or log, uses it until
   *     the cursor is closed
   */
  public static EntryCursor entries(
      CheckpointFiles files, List<SegmentRef> segments, SegmentFilter filter, Disk scratch)
      throws IOException {
    SegmentMerge merge = new SegmentMerge(scratch, restoreSortBytes(), () -> false);
    return new Entries(merge.records(files, segments, filter, false));
  }

  /** A task that is restored does nothing else, and each run on disk costs a write and a read. */
  private static int restoreSortBytes() {
    Runtime jvm = Runtime.getRuntime();
    long share = jvm.maxMemory() / RESTORE_HEAP_PART / jvm.availableProcessors();
    return (int)
        Math.max(LogLimits.DEFAULT.sortBytes(), Math.min(LARGEST_RESTORE_SORT_BYTES, share));
  }

  /**
   * Writes one sorted segment of the entries that the segments come to.
   *
   * @param scratch as for {@link #entries}
   * @param into the storage of the new file
   * @param name the name of the new file
   */
  public static SegmentRef write(
      CheckpointFiles files,
      List<SegmentRef> segments,
      SegmentFilter filter,
      Disk scratch,
      CheckpointFiles into,
      String name)
      throws IOException {
    SegmentMerge merge = new SegmentMerge(scratch, LogLimits.DEFAULT.sortBytes(), () -> false);
    return merge.write(files, segments, filter, false, into, name);
  }

  /**
   * Writes one sorted segment.
   *
   * @param keepDeletes whether there is something older that the deletes concern
   */
  SegmentRef write(
      CheckpointFiles files,
      List<SegmentRef> segments,
      SegmentFilter filter,
      boolean keepDeletes,
      CheckpointFiles into,
      String name)
      throws IOException {
    try (RecordCursor records = records(files, segments, filter, keepDeletes);
        SegmentWriter writer = new SegmentWriter(into, name)) {
      int flags = SegmentFormat.SORTED | (keepDeletes ? 0 : SegmentFormat.WITHOUT_DELETES);
      SegmentCounts counts = new SegmentCounts();
      BlockBuilder block =
          new BlockBuilder(new byte[SegmentFormat.BLOCK_BYTES + SegmentFormat.BLOCK_SLACK_BYTES]);
      while (records.next()) {
        block.add(
            records.op(),
            records.key(),
            records.keyLength(),
            records.values(),
            records.valueOffset(),
            records.valueLength());
        if (block.size() >= SegmentFormat.BLOCK_BYTES) {
          checkWanted();
          pack(block, counts, writer);
        }
      }
      if (block.count() > 0) {
        pack(block, counts, writer);
      }
      return writer.finish(flags, counts, names);
    }
  }

  private static void pack(BlockBuilder block, SegmentCounts counts, SegmentWriter writer)
      throws IOException {
    int size = block.size();
    byte[] records = block.exchange(new byte[0]);
    StoredBlock stored = StoredBlock.pack(records, size, counts);
    writer.add(stored.info(), stored.bytes());
    block.exchange(
        records.length <= 2 * SegmentFormat.BLOCK_BYTES
            ? records
            : new byte[SegmentFormat.BLOCK_BYTES + SegmentFormat.BLOCK_SLACK_BYTES]);
  }

  private void checkWanted() throws InterruptedIOException {
    if (stopped.getAsBoolean()) {
      throw new InterruptedIOException("the merge is not wanted any more: its task has ended");
    }
  }

  /** Returns what the segments come to. */
  private RecordCursor records(
      CheckpointFiles files, List<SegmentRef> segments, SegmentFilter filter, boolean keepDeletes)
      throws IOException {
    boolean done = false;
    try {
      SortBuffer buffer = new SortBuffer(sortBytes);
      for (SegmentRef segment : segments) {
        SegmentReader reader = SegmentReader.open(files, segment);
        StateNames saved = reader.footer().names();
        saved.transforms().values().forEach(old -> names.transform(filter.names().of(old)));
        saved.states().values().forEach(names::state);
        if (reader.isSorted(filter) && segment.bytes() >= sortBytes / STREAMED_PART) {
          spill(buffer);
          inputs.add(reader.records(filter));
          runsAtEnd = 0;
        } else {
          try (RecordCursor records = reader.records(filter)) {
            sort(records, buffer);
          }
        }
      }
      if (!buffer.isEmpty()) {
        inputs.add(buffer.sorted());
      }
      done = true;
      return new MergedRecords(inputs, keepDeletes);
    } finally {
      if (!done) {
        new MergedRecords(inputs, keepDeletes).close();
      }
    }
  }

  private void sort(RecordCursor records, SortBuffer buffer) throws IOException {
    while (records.next()) {
      if (!buffer.add(records)) {
        spill(buffer);
        buffer.add(records);
      }
    }
  }

  private void spill(SortBuffer buffer) throws IOException {
    if (buffer.isEmpty()) {
      return;
    }
    checkWanted();
    inputs.add(run(buffer.sorted()));
    buffer.clear();
    runsAtEnd++;
    if (runsAtEnd == MOST_RUNS) {
      List<RecordCursor> last = inputs.subList(inputs.size() - MOST_RUNS, inputs.size());
      RecordCursor one;
      try (RecordCursor merged = new MergedRecords(last, true)) {
        one = run(merged);
      }
      last.clear();
      inputs.add(one);
      runsAtEnd = 0;
    }
  }

  private RecordCursor run(RecordCursor sorted) throws IOException {
    return RunFile.write(sorted, scratch, "run-" + runs++);
  }

  /** The entries of a merge. */
  private static final class Entries implements EntryCursor {
    private final RecordCursor records;

    private Entries(RecordCursor records) {
      this.records = records;
    }

    @Override
    public boolean next() throws IOException {
      return records.next();
    }

    @Override
    public byte[] key() {
      return Arrays.copyOf(records.key(), records.keyLength());
    }

    @Override
    public byte[] value() {
      return Arrays.copyOfRange(
          records.values(), records.valueOffset(), records.valueOffset() + records.valueLength());
    }

    @Override
    public void close() throws IOException {
      records.close();
    }
  }
}
