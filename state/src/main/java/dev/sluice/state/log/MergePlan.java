package dev.sluice.state.log;

import dev.sluice.state.storage.SegmentRef;
import java.util.List;
import java.util.Optional;

/**
 * Which neighbours in the list of a task's segments are to be merged to one.
 *
 * <p>A pure function of the list. All of them, to a new base, if what came since the base is large
 * in comparison: so a restore reads little more than the state, and the writing of bases costs a
 * bounded multiple of what changes. Otherwise, if there are many, those at the end of which none is
 * larger than all that came after it: so each is written again only when there is twice as much,
 * however small they are.
 *
 * @param from the first of them
 * @param to behind the last of them
 */
record MergePlan(int from, int to) {
  private static final String BASE_SUFFIX = ".base";

  /** Returns the name of a base. */
  static String baseName(String prefix, String kind, long epoch) {
    return prefix + kind + epoch + BASE_SUFFIX;
  }

  /** Says whether nothing older than the merged ones remains. */
  boolean makesBase() {
    return from == 0;
  }

  /** Returns what is to be merged now, if anything is. */
  static Optional<MergePlan> of(List<SegmentRef> segments, LogLimits limits) {
    int first = !segments.isEmpty() && isBase(segments.get(0)) ? 1 : 0;
    long baseBytes = first == 0 ? 0 : segments.get(0).bytes();
    long bytes = segments.stream().skip(first).mapToLong(SegmentRef::bytes).sum();
    if (bytes
        > Math.max(limits.renewBytes(), (long) (limits.renewFraction() * (double) baseBytes))) {
      return Optional.of(new MergePlan(0, segments.size()));
    }
    if (segments.size() - first < limits.segments()) {
      return Optional.empty();
    }
    long younger = bytes;
    for (int from = first; from < segments.size() - 1; from++) {
      younger -= segments.get(from).bytes();
      if (segments.get(from).bytes() <= younger) {
        return Optional.of(new MergePlan(from, segments.size()));
      }
    }
    return Optional.empty();
  }

  private static boolean isBase(SegmentRef segment) {
    return segment.file().endsWith(BASE_SUFFIX);
  }
}
