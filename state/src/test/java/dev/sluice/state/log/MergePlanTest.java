package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.storage.SegmentRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When segments are merged, and what that costs over time. */
class MergePlanTest {
  private static final LogLimits LIMITS = new LogLimits(0, 0, 1000, 0.25, 8, 0);

  @Test
  void aBaseIsRenewedWhenWhatCameSinceIsLargeBesideIt() {
    assertThat(MergePlan.of(segments(500, 500), LIMITS)).isEmpty();
    assertThat(MergePlan.of(segments(500, 501), LIMITS)).contains(new MergePlan(0, 2));
    assertThat(MergePlan.of(withBase(8000, 1000, 1000), LIMITS)).isEmpty();
    assertThat(MergePlan.of(withBase(8000, 1000, 1001), LIMITS)).contains(new MergePlan(0, 3));
    assertThat(MergePlan.of(withBase(100, 999), LIMITS)).isEmpty();
  }

  @Test
  void manySmallSegmentsAreMergedWithoutThoseThatAreLargerThanAllSince() {
    assertThat(MergePlan.of(segments(1, 1, 1, 1, 1, 1, 1), LIMITS)).isEmpty();
    assertThat(MergePlan.of(segments(1, 1, 1, 1, 1, 1, 1, 1), LIMITS))
        .contains(new MergePlan(0, 8));
    assertThat(MergePlan.of(withBase(8000, 900, 100, 9, 1, 1, 1, 1, 1), LIMITS))
        .contains(new MergePlan(4, 9));
    assertThat(new MergePlan(4, 9).makesBase()).isFalse();
    assertThat(MergePlan.of(segments(128, 64, 32, 16, 8, 4, 2, 1), LIMITS)).isEmpty();
  }

  @Test
  void theNumberOfSegmentsStaysSmallAndEachByteIsWrittenFewTimes() {
    LogLimits limits = new LogLimits(0, 0, Long.MAX_VALUE, 0.25, 64, 0);
    List<SegmentRef> segments = new ArrayList<>(withBase(1));
    long written = 0;
    int most = 0;
    for (int epoch = 0; epoch < 10_000; epoch++) {
      segments.add(new SegmentRef("e" + epoch + ".seg", 100, 0, 0, 0));
      Optional<MergePlan> plan = MergePlan.of(segments, limits);
      if (plan.isPresent()) {
        List<SegmentRef> merged = segments.subList(plan.get().from(), plan.get().to());
        long bytes = merged.stream().mapToLong(SegmentRef::bytes).sum();
        written += bytes;
        merged.clear();
        merged.add(new SegmentRef("m.seg", bytes, 0, 0, 0));
      }
      most = Math.max(most, segments.size());
    }
    assertThat(most).isLessThanOrEqualTo(64);
    assertThat(written / (10_000 * 100)).isLessThanOrEqualTo(10);
  }

  private static List<SegmentRef> withBase(long base, long... sizes) {
    List<SegmentRef> all = new ArrayList<>();
    all.add(new SegmentRef("b1.base", base, 0, 0, 0));
    all.addAll(segments(sizes));
    return all;
  }

  private static List<SegmentRef> segments(long... sizes) {
    List<SegmentRef> all = new ArrayList<>();
    for (long size : sizes) {
      all.add(new SegmentRef("e" + all.size() + ".seg", size, 0, 0, 0));
    }
    return all;
  }
}
