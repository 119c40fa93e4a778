package dev.sluice.state.log;

/**
 * The numbers of the format of segments, which {@code docs/savepoint-format.md} describes byte by
 * byte. A reader of every version that was ever released stays here.
 */
final class SegmentFormat {
  /** What a file begins with: {@code SLUSEG}, then two bytes of version. */
  static final long HEAD = 0x534C_5553_4547_0000L;

  /** What a file ends with: {@code SLUE}. */
  static final int TAIL_MAGIC = 0x534C_5545;

  static final int VERSION = 2;

  /** In it, long keys stood whole in each of their records: see {@link WholeKeyRecords}. */
  static final int WITH_WHOLE_KEYS = 1;

  static final int HEAD_BYTES = 8;
  static final int BLOCK_HEAD_BYTES = 28;
  static final int TAIL_BYTES = 28;

  /** How many bytes of records a block has before it is packed; more if one record has more. */
  static final int BLOCK_BYTES = 64 << 10;

  /** Room behind it, so that the last record of most blocks fits without a larger array. */
  static final int BLOCK_SLACK_BYTES = 4 << 10;

  static final int PACKED = 1;
  static final int SIDES = 2;

  static final int SORTED = 1;
  static final int WITHOUT_DELETES = 2;

  private SegmentFormat() {}
}
