package dev.sluice.state.log;

import java.util.Arrays;

/**
 * Walks over the records of one block after the other. What is always true: it looks at no byte
 * outside of the block, whatever the bytes are.
 */
final class BlockCursor implements RecordCursor {
  private String file = "";
  private long position;
  private byte[] block = {};
  private int end;
  private int at;
  private int op;
  private byte[] key = new byte[64];
  private int keyLength;
  private int valueOffset;
  private int valueLength;

  /**
   * Goes on with the records of another block.
   *
   * @param file where the block is from, for messages
   * @param position where it begins in that file
   */
  void read(byte[] newBlock, int length, String file, long position) {
    this.file = file;
    this.position = position;
    block = newBlock;
    end = length;
    at = 0;
    keyLength = 0;
  }

  @Override
  public boolean next() throws CorruptSegmentException {
    if (at == end) {
      return false;
    }
    int head = varInt();
    op = head & 3;
    int shared = head >>> 2;
    int rest = varInt();
    if (op > DELETE_PREFIX || shared > keyLength || rest > end - at || shared + rest == 0) {
      throw corrupt("a record that cannot be");
    }
    if (key.length < shared + rest) {
      key = Arrays.copyOf(key, Math.max(shared + rest, 2 * key.length));
    }
    System.arraycopy(block, at, key, shared, rest);
    keyLength = shared + rest;
    at += rest;
    valueLength = 0;
    if (op == PUT) {
      valueLength = varInt();
      if (valueLength > end - at || keyLength < EntryKey.HEADER_BYTES) {
        throw corrupt("a put that cannot be");
      }
      valueOffset = at;
      at += valueLength;
    }
    return true;
  }

  private int varInt() throws CorruptSegmentException {
    int number = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      if (at == end) {
        break;
      }
      int b = block[at++];
      number |= (b & 0x7F) << shift;
      if (b >= 0) {
        if (number < 0) {
          break;
        }
        return number;
      }
    }
    throw corrupt("a number that does not end");
  }

  private CorruptSegmentException corrupt(String what) {
    return new CorruptSegmentException(
        file, position, what + " at byte " + at + " of a block of " + end + " when unpacked");
  }

  @Override
  public int op() {
    return op;
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return keyLength;
  }

  @Override
  public byte[] values() {
    return block;
  }

  @Override
  public int valueOffset() {
    return valueOffset;
  }

  @Override
  public int valueLength() {
    return valueLength;
  }
}
