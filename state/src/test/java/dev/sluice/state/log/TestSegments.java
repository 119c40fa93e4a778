package dev.sluice.state.log;

import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.function.Consumer;

/** Writes segments with blocks of any size. */
final class TestSegments {
  private TestSegments() {}

  static SegmentRef write(TestFiles files, String name, int blockBytes, Consumer<ChangeLog> changes)
      throws IOException {
    try (SegmentWriter writer = new SegmentWriter(files, name)) {
      SegmentCounts counts = new SegmentCounts();
      Blocks blocks = new Blocks(writer, counts, blockBytes);
      changes.accept(blocks);
      blocks.flush();
      return writer.finish(0, counts, StateModel.names());
    }
  }

  private static final class Blocks implements ChangeLog {
    private final SegmentWriter writer;
    private final SegmentCounts counts;
    private final int blockBytes;
    private final BlockBuilder block = new BlockBuilder(new byte[0]);

    private Blocks(SegmentWriter writer, SegmentCounts counts, int blockBytes) {
      this.writer = writer;
      this.counts = counts;
      this.blockBytes = blockBytes;
    }

    @Override
    public void put(Bytes key, Bytes value) {
      add(RecordCursor.PUT, key, value);
    }

    @Override
    public void delete(Bytes key) {
      add(RecordCursor.DELETE, key, new Bytes());
    }

    @Override
    public void deletePrefix(Bytes prefix) {
      add(RecordCursor.DELETE_PREFIX, prefix, new Bytes());
    }

    private void add(int op, Bytes key, Bytes value) {
      block.add(op, key.array(), key.size(), value.array(), 0, value.size());
      if (block.size() >= blockBytes) {
        flush();
      }
    }

    private void flush() {
      if (block.count() > 0) {
        int size = block.size();
        StoredBlock stored = StoredBlock.pack(block.exchange(new byte[0]), size, counts);
        try {
          writer.add(stored.info(), stored.bytes());
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
    }
  }
}
