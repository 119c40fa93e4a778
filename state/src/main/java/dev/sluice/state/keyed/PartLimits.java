package dev.sluice.state.keyed;

/**
 * When the content of a collection in state is no longer one piece.
 *
 * @param recordElements up to this number of elements are a part of their key's record
 * @param recordBytes elements that take more bytes than this when encoded are not
 * @param heapBytes a collection that takes more than about this number of bytes is in the store
 *     even while its key is selected
 */
public record PartLimits(int recordElements, int recordBytes, int heapBytes) {
  /** What is kept in one piece as a rule. */
  public static final PartLimits DEFAULT = new PartLimits(256, 16 << 10, 8 << 20);
}
