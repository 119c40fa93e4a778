package dev.sluice.state.log;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A block as it stands in a segment: a header, and records that are packed by zstd if that makes
 * them fewer bytes. Immutable.
 */
final class StoredBlock {
  private static final int LEVEL = 1;
  private static final int CRC_AT = SegmentFormat.BLOCK_HEAD_BYTES - 4;

  private final BlockInfo info;
  private final byte[] bytes;

  private StoredBlock(BlockInfo info, byte[] bytes) {
    this.info = info;
    this.bytes = bytes;
  }

  /** Returns what the index says of it. */
  BlockInfo info() {
    return info;
  }

  /** Returns all of it. */
  byte[] bytes() {
    return bytes;
  }

  /** Packs the records in the first {@code rawBytes}, and counts them. */
  static StoredBlock pack(byte[] records, int rawBytes, SegmentCounts counts) {
    Scan scan = Scan.of(records, rawBytes, counts);
    int headBytes = SegmentFormat.BLOCK_HEAD_BYTES;
    byte[] bytes =
        new byte[(int) Math.min(Integer.MAX_VALUE - 8, headBytes + Zstd.compressBound(rawBytes))];
    int packed =
        (int)
            Zstd.compressByteArray(
                bytes, headBytes, bytes.length - headBytes, records, 0, rawBytes, LEVEL);
    boolean smaller = packed < rawBytes;
    if (!smaller) {
      System.arraycopy(records, 0, bytes, headBytes, rawBytes);
    }
    int storedBytes = headBytes + Math.min(packed, rawBytes);
    bytes = Arrays.copyOf(bytes, storedBytes);
    ByteBuffer.wrap(bytes)
        .putInt(storedBytes - headBytes)
        .putInt(rawBytes)
        .putInt(scan.records)
        .put((byte) scan.firstGroup)
        .put((byte) scan.lastGroup)
        .put((byte) ((smaller ? SegmentFormat.PACKED : 0) | (scan.sides ? SegmentFormat.SIDES : 0)))
        .put((byte) 0)
        .putLong(scan.transforms)
        .putInt(crc(bytes, storedBytes));
    BlockInfo info =
        new BlockInfo(
            storedBytes,
            rawBytes,
            scan.records,
            scan.firstGroup,
            scan.lastGroup,
            scan.sides,
            scan.transforms);
    return new StoredBlock(info, bytes);
  }

  /**
   * Unpacks a block.
   *
   * @param stored begins with the block
   * @param into takes the records if it is large enough
   * @return the records: {@code into}, or an array of their own
   */
  static byte[] unpack(byte[] stored, BlockInfo info, byte[] into, String file, long position)
      throws CorruptSegmentException {
    ByteBuffer head = ByteBuffer.wrap(stored, 0, info.storedBytes());
    if (head.getInt(CRC_AT) != crc(stored, info.storedBytes())) {
      throw new CorruptSegmentException(
          file, position, "a block's checksum is wrong: it was changed after it was written");
    }
    int payload = info.storedBytes() - SegmentFormat.BLOCK_HEAD_BYTES;
    if (head.getInt() != payload
        || head.getInt() != info.rawBytes()
        || head.getInt() != info.records()) {
      throw new CorruptSegmentException(file, position, "a block is not the one in the index");
    }
    byte[] raw = into.length >= info.rawBytes() ? into : new byte[info.rawBytes()];
    if ((stored[14] & SegmentFormat.PACKED) == 0) {
      if (payload != info.rawBytes()) {
        throw new CorruptSegmentException(file, position, "a block's length is wrong");
      }
      System.arraycopy(stored, SegmentFormat.BLOCK_HEAD_BYTES, raw, 0, payload);
      return raw;
    }
    long unpacked;
    try {
      unpacked =
          Zstd.decompressByteArray(
              raw, 0, info.rawBytes(), stored, SegmentFormat.BLOCK_HEAD_BYTES, payload);
    } catch (ZstdException e) {
      unpacked = -1;
    }
    if (unpacked != info.rawBytes()) {
      throw new CorruptSegmentException(file, position, "a block cannot be unpacked");
    }
    return raw;
  }

  private static int crc(byte[] block, int length) {
    CRC32C crc = new CRC32C();
    crc.update(block, 0, CRC_AT);
    crc.update(block, SegmentFormat.BLOCK_HEAD_BYTES, length - SegmentFormat.BLOCK_HEAD_BYTES);
    return (int) crc.getValue();
  }

  /** What a walk over the records of a block finds. */
  private static final class Scan {
    private int records;
    private int firstGroup = 255;
    private int lastGroup;
    private boolean sides;
    private long transforms;

    private static Scan of(byte[] block, int length, SegmentCounts counts) {
      Scan scan = new Scan();
      BlockCursor cursor = new BlockCursor();
      cursor.read(block, length, "(not yet written)", 0);
      try {
        while (cursor.next()) {
          scan.see(cursor.key(), cursor.keyLength());
          counts.add(cursor);
        }
      } catch (CorruptSegmentException e) {
        throw new IllegalStateException("a block was changed before it was packed", e);
      }
      return scan;
    }

    private void see(byte[] key, int length) {
      records++;
      int group = key[0] & 0xFF;
      firstGroup = Math.min(firstGroup, group);
      lastGroup = Math.max(lastGroup, group);
      if (length >= EntryKey.HEADER_BYTES) {
        sides |= key[5] == EntryKey.Kind.SIDE.code();
      } else {
        sides = true;
      }
      transforms |=
          length < EntryKey.HEADER_BYTES - 1
              ? BlockInfo.ANY
              : BlockInfo.bit(EntryKey.transformHash(key));
    }
  }
}
