package dev.sluice.worker.source;

import dev.sluice.state.key.KeyGroups;
import dev.sluice.worker.protocol.SourceSplit;
import java.util.List;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.util.SerializableUtils;

/** Which task owns a split, and what is in it; pure functions. */
final class Splits {
  private Splits() {}

  /** The key group of a split: split i of n belongs to group i*G/n. */
  static int groupOf(SourceSplit split) {
    return (int) ((long) split.number() * KeyGroups.COUNT / split.count());
  }

  /** The splits that task {@code index} of {@code parallelism} owns. */
  static List<SourceSplit> ownedBy(int index, int parallelism, List<SourceSplit> splits) {
    return splits.stream()
        .filter(split -> KeyGroups.ownerOf(groupOf(split), parallelism) == index)
        .toList();
  }

  static Source<?> read(SourceSplit split) {
    return (Source<?>)
        SerializableUtils.deserializeFromByteArray(split.source(), "split " + split.number());
  }
}
