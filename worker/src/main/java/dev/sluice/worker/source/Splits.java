package dev.sluice.worker.source;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.key.KeyGroups;
import java.util.List;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.util.SerializableUtils;

/** Which task owns a split, and what is in it; pure functions. */
final class Splits {
  private Splits() {}

  /** The splits that task {@code index} of {@code parallelism} owns. */
  static List<SourceSplit> ownedBy(int index, int parallelism, List<SourceSplit> splits) {
    return splits.stream()
        .filter(split -> KeyGroups.ownerOf(split.group(), parallelism) == index)
        .toList();
  }

  static Source<?> read(SourceSplit split) {
    return (Source<?>)
        SerializableUtils.deserializeFromByteArray(split.source(), "split " + split.number());
  }
}
