package dev.sluice.state.log;

import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What stands at the end of a segment: what is in it, and where.
 *
 * @param version of the format
 * @param flags of {@link SegmentFormat#SORTED} and {@link SegmentFormat#WITHOUT_DELETES}
 * @param names of the transforms and states in it
 * @param counts what is in it
 * @param blocks in the order of the file
 */
record SegmentFooter(
    int version, int flags, StateNames names, SegmentCounts counts, List<BlockInfo> blocks) {
  /** Most footers are read in one piece with the tail. */
  private static final int READ_AT_ONCE = 64 << 10;

  private static final int LEAST_FILE_BYTES = SegmentFormat.HEAD_BYTES + SegmentFormat.TAIL_BYTES;

  /** Says whether its records are read in the order of their keys. */
  boolean sorted() {
    return (flags & SegmentFormat.SORTED) != 0 && !hasWholeKeys();
  }

  boolean hasWholeKeys() {
    return version == SegmentFormat.WITH_WHOLE_KEYS;
  }

  static SegmentFooter read(SegmentReader.Opener opener, SegmentRef ref) throws IOException {
    String file = ref.file();
    long size = ref.bytes();
    if (size < LEAST_FILE_BYTES) {
      throw new CorruptSegmentException(file, size, "it is shorter than any segment");
    }
    long from = Math.max(0, size - READ_AT_ONCE);
    byte[] end = read(opener, file, from, (int) (size - from));
    int tailAt = end.length - SegmentFormat.TAIL_BYTES;
    ByteBuffer tail = ByteBuffer.wrap(end, tailAt, SegmentFormat.TAIL_BYTES).slice();
    long footerAt = tail.getLong();
    int footerBytes = tail.getInt();
    int footerCrc = tail.getInt();
    int version = tail.getInt();
    int tailBytes = tail.position();
    int tailCrc = tail.getInt();
    long tailPosition = size - SegmentFormat.TAIL_BYTES;
    if (tail.getInt() != SegmentFormat.TAIL_MAGIC) {
      throw new CorruptSegmentException(
          file, tailPosition, "it does not end as a segment does: it is another file, or cut off");
    }
    byte[] tailArray = new byte[tailBytes];
    System.arraycopy(end, tailAt, tailArray, 0, tailBytes);
    if (tailCrc != SegmentWriter.crcOf(tailArray, tailBytes)) {
      throw new CorruptSegmentException(file, tailPosition, "the checksum of its end is wrong");
    }
    checkVersion(file, tailPosition, version);
    if (footerBytes < 0
        || footerAt < SegmentFormat.HEAD_BYTES
        || footerAt + footerBytes != tailPosition) {
      throw new CorruptSegmentException(file, tailPosition, "its footer cannot be where it says");
    }
    byte[] footer = new byte[footerBytes];
    if (footerAt >= from) {
      System.arraycopy(end, (int) (footerAt - from), footer, 0, footerBytes);
    } else {
      footer = read(opener, file, footerAt, footerBytes);
    }
    if (SegmentWriter.crcOf(footer, footerBytes) != footerCrc) {
      throw new CorruptSegmentException(file, footerAt, "the checksum of its footer is wrong");
    }
    try {
      return parse(version, ByteBuffer.wrap(footer), file, footerAt);
    } catch (BufferUnderflowException e) {
      throw new CorruptSegmentException(file, footerAt, "its footer is not one of this version");
    }
  }

  static void checkHead(String file, byte[] bytes) throws CorruptSegmentException {
    long head = ByteBuffer.wrap(bytes).getLong();
    if ((head & ~0xFFFFL) != SegmentFormat.HEAD) {
      throw new CorruptSegmentException(file, 0, "it does not begin as a segment does");
    }
    checkVersion(file, 0, (int) (head & 0xFFFF));
  }

  private static void checkVersion(String file, long position, int version)
      throws CorruptSegmentException {
    if (version < SegmentFormat.WITH_WHOLE_KEYS || version > SegmentFormat.VERSION) {
      throw new CorruptSegmentException(
          file,
          position,
          String.format(
              "it has version %d of the format, and this Sluice reads versions %d to %d: use the"
                  + " version of Sluice that wrote it, or a newer one",
              version, SegmentFormat.WITH_WHOLE_KEYS, SegmentFormat.VERSION));
    }
  }

  private static byte[] read(SegmentReader.Opener opener, String file, long position, int count)
      throws IOException {
    try (InputStream in = opener.open(position)) {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new CorruptSegmentException(file, position + bytes.length, "it ends here already");
      }
      return bytes;
    }
  }

  private static SegmentFooter parse(int version, ByteBuffer in, String file, long position)
      throws CorruptSegmentException {
    int flags = varInt(in);
    StateNames names = new StateNames();
    for (int n = varInt(in); n > 0; n--) {
      names.transform(name(in));
    }
    for (int n = varInt(in); n > 0; n--) {
      names.state(name(in));
    }
    SegmentCounts counts = new SegmentCounts();
    for (int n = varInt(in); n > 0; n--) {
      SegmentCounts.Tag tag = new SegmentCounts.Tag(in.getInt(), in.get(), in.getInt());
      counts.add(tag, in.getLong(), in.getLong(), in.getLong());
    }
    List<BlockInfo> blocks = new ArrayList<>();
    long blockBytes = SegmentFormat.HEAD_BYTES;
    for (int n = varInt(in); n > 0; n--) {
      BlockInfo block = block(in);
      blocks.add(block);
      blockBytes += block.storedBytes();
    }
    if (blockBytes != position || in.hasRemaining()) {
      throw new CorruptSegmentException(file, position, "its footer does not fit its blocks");
    }
    return new SegmentFooter(version, flags, names, counts, List.copyOf(blocks));
  }

  private static BlockInfo block(ByteBuffer in) {
    int storedBytes = varInt(in);
    int rawBytes = varInt(in);
    int records = varInt(in);
    int firstGroup = in.get() & 0xFF;
    int lastGroup = in.get() & 0xFF;
    boolean sides = (in.get() & SegmentFormat.SIDES) != 0;
    return new BlockInfo(
        storedBytes, rawBytes, records, firstGroup, lastGroup, sides, in.getLong());
  }

  private static String name(ByteBuffer in) {
    byte[] utf8 = new byte[Math.min(varInt(in), in.remaining())];
    in.get(utf8);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static int varInt(ByteBuffer in) {
    int number = 0;
    int shift = 0;
    int b = in.get();
    while (b < 0) {
      number |= (b & 0x7F) << shift;
      shift += 7;
      b = in.get();
    }
    return number | b << shift;
  }
}
