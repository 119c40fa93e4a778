package dev.sluice.state.log;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.NewFile;
import dev.sluice.state.storage.SegmentRef;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.zip.CRC32C;

/**
 * Writes one segment: blocks, a footer that says where they are and what is in them, and a tail
 * that says where the footer is.
 *
 * <p>Used by one thread. What is always true: once it is closed, the file is there if {@link
 * #finish} has returned, and not otherwise.
 */
final class SegmentWriter implements Closeable {
  private final CheckpointFiles files;
  private final String file;
  private final NewFile out;
  private final CRC32C crc = new CRC32C();
  private final List<BlockInfo> blocks = new ArrayList<>();
  private long position;
  private boolean finished;

  SegmentWriter(CheckpointFiles files, String file) throws IOException {
    this.files = files;
    this.file = file;
    this.out = files.create(file);
  }

  private void writeHead() throws IOException {
    write(ByteBuffer.allocate(8).putLong(SegmentFormat.HEAD | SegmentFormat.VERSION).array());
  }

  /** Writes the next block. */
  void add(BlockInfo info, byte[] stored) throws IOException {
    if (position == 0) {
      writeHead();
    }
    blocks.add(info);
    write(stored);
  }

  /**
   * Writes the rest and closes the file.
   *
   * @param flags of {@link SegmentFormat#SORTED} and {@link SegmentFormat#WITHOUT_DELETES}
   * @param counts what is in the blocks
   * @param names at least those of what is in the blocks
   */
  SegmentRef finish(int flags, SegmentCounts counts, StateNames names) throws IOException {
    Bytes footer = new Bytes();
    footer.putVarInt(flags);
    SortedMap<Integer, String> transforms = names.transforms();
    transforms
        .keySet()
        .removeIf(hash -> counts.counts().keySet().stream().noneMatch(t -> t.transform() == hash));
    putNames(footer, transforms);
    putNames(footer, names.states());
    footer.putVarInt(counts.counts().size());
    counts
        .counts()
        .forEach(
            (tag, count) ->
                footer
                    .putInt(tag.transform())
                    .putByte(tag.kind())
                    .putInt(tag.state())
                    .putLong(count.puts())
                    .putLong(count.deletes())
                    .putLong(count.bytes()));
    footer.putVarInt(blocks.size());
    int firstGroup = 255;
    int lastGroup = 0;
    for (BlockInfo block : blocks) {
      putBlock(footer, block);
      firstGroup = Math.min(firstGroup, block.firstGroup());
      lastGroup = Math.max(lastGroup, block.lastGroup());
    }
    if (position == 0) {
      writeHead();
    }
    writeTail(footer.toByteArray());
    out.close();
    finished = true;
    return new SegmentRef(
        file, position, (int) crc.getValue(), Math.min(firstGroup, lastGroup), lastGroup);
  }

  private void writeTail(byte[] footer) throws IOException {
    ByteBuffer tail = ByteBuffer.allocate(SegmentFormat.TAIL_BYTES);
    tail.putLong(position).putInt(footer.length).putInt(crcOf(footer, footer.length));
    tail.putInt(SegmentFormat.VERSION);
    tail.putInt(crcOf(tail.array(), tail.position())).putInt(SegmentFormat.TAIL_MAGIC);
    write(footer);
    write(tail.array());
  }

  static int crcOf(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static void putNames(Bytes footer, SortedMap<Integer, String> names) {
    footer.putVarInt(names.size());
    for (String name : names.values()) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      footer.putVarInt(utf8.length).put(utf8);
    }
  }

  private static void putBlock(Bytes footer, BlockInfo block) {
    footer
        .putVarInt(block.storedBytes())
        .putVarInt(block.rawBytes())
        .putVarInt(block.records())
        .putByte(block.firstGroup())
        .putByte(block.lastGroup())
        .putByte(block.sides() ? SegmentFormat.SIDES : 0)
        .putLong(block.transforms());
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    crc.update(bytes, 0, bytes.length);
    position += bytes.length;
  }

  @Override
  public void close() throws IOException {
    if (!finished) {
      finished = true;
      // If it was closed and only the answer was lost, it may be there: nobody knows its name yet.
      try {
        out.discard();
      } finally {
        files.delete(file);
      }
    }
  }
}
