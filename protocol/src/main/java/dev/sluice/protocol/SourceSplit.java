package dev.sluice.protocol;

import dev.sluice.state.key.KeyGroups;
import java.io.Serializable;

/**
 * One split of a source, made once: at the first start of a job, or at the start at which it was
 * found that the source has more of them now. Neither number nor count of a split ever changes.
 *
 * @param number from 0 to {@code count}, exclusive; no other split of the source has it
 * @param count how many splits the source had when this one was made; another number if the split
 *     came later, so that it belongs to where it is needed
 * @param source the Beam source of this split, Java-serialized
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
public record SourceSplit(int number, int count, byte[] source) implements Serializable {

  /** The key group that the split belongs to. */
  public int group() {
    return groupOf(number, count);
  }

  /** Split i of n belongs to group i*G/n. */
  public static int groupOf(int number, int count) {
    return (int) ((long) number * KeyGroups.COUNT / count);
  }
}
