package dev.sluice.worker;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.state.key.KeyGroups;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.SerializableUtils;

/**
 * What a source has by now beside the splits that a checkpoint knows: KafkaIO's partitions that
 * were added since. Other sources say nothing of what is in their splits; they are assumed not to
 * change.
 *
 * <p>Used once per source by the {@link SourceSplitter}, in its thread. Always true: saved splits
 * stay what and where they are, and a partition is in one split only.
 */
final class AddedSplits {
  private final List<SourceSplit> saved;
  private final int tasks;
  private final Set<Object> known = new LinkedHashSet<>();
  private final List<Object> found = new ArrayList<>();

  /**
   * @param saved the splits of a checkpoint
   * @param tasks how many tasks share them from now on
   */
  AddedSplits(List<SourceSplit> saved, int tasks) {
    this.saved = saved;
    this.tasks = tasks;
  }

  /** Whether the source can be compared with its saved splits. */
  static boolean maybeIn(UnboundedSource<?, ?> source) {
    return KafkaPartitions.areIn(source);
  }

  /** The saved splits, and behind them a new one for each partition that none of them has. */
  List<SourceSplit> in(UnboundedSource<?, ?> source, PipelineOptions options) throws Exception {
    for (SourceSplit split : saved) {
      known.addAll(KafkaPartitions.of(read(split)));
    }
    List<SourceSplit> all = new ArrayList<>(saved);
    int partitions = 0;
    for (Source<?> split : source.split(1, options)) {
      partitions += KafkaPartitions.of(split).size();
    }
    if (partitions == 0) {
      return all;
    }
    // With as many splits as partitions there is one in each.
    for (Source<?> split : source.split(partitions, options)) {
      List<?> its = KafkaPartitions.of(split);
      if (known.addAll(its)) {
        found.addAll(its);
        all.add(placed(KafkaPartitions.fromBeginning(split), all));
      }
    }
    return all;
  }

  /** The partitions that were new. */
  List<Object> found() {
    return found;
  }

  private static Source<?> read(SourceSplit split) {
    return (Source<?>)
        SerializableUtils.deserializeFromByteArray(split.source(), "split " + split.number());
  }

  /**
   * Numbers a split behind all others. Where it belongs follows from its number and a count, which
   * is chosen so that it goes to one of the tasks that have the fewest.
   */
  private SourceSplit placed(UnboundedSource<?, ?> source, List<SourceSplit> others) {
    int[] load = new int[tasks];
    int number = 0;
    for (SourceSplit other : others) {
      load[ownerOf(other.number(), other.count())]++;
      number = Math.max(number, other.number() + 1);
    }
    int best = number + 1;
    for (int count = number + 1; count <= (number + 1) * KeyGroups.COUNT; count++) {
      if (load[ownerOf(number, count)] < load[ownerOf(number, best)]) {
        best = count;
      }
    }
    return new SourceSplit(number, best, SerializableUtils.serializeToByteArray(source));
  }

  private int ownerOf(int number, int count) {
    return KeyGroups.ownerOf(SourceSplit.groupOf(number, count), tasks);
  }
}
