package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Random changes, in random segments of which random neighbours have been merged already, come to
 * what they make of a map; whatever is sorted at once, and whichever records are wanted.
 */
class SegmentMergeTest {
  private final TestFiles files = new TestFiles();
  private final MemoryDisk scratch = new MemoryDisk(Long.MAX_VALUE);

  @RepeatedTest(150)
  void comesToWhatTheChangesMakeOfAMap(RepetitionInfo repetition) throws IOException {
    Random random = new Random(repetition.getCurrentRepetition());
    StateModel model = new StateModel();
    List<SegmentRef> segments = new ArrayList<>();
    int count = 1 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      segments.add(segment("s" + i, random, random.nextInt(60), model));
    }
    mergeSome(segments, random);
    SegmentFilter filter =
        new SegmentFilter(
            new KeyGroupRange(random.nextInt(4), 3 + random.nextInt(5)),
            hash -> hash == StateModel.TRANSFORMS[0],
            random.nextBoolean());
    model.assertIs(files, segments, SegmentFilter.ALL, scratch);
    model.assertIs(files, segments, filter, scratch);
    for (int sortBytes : new int[] {1, 200, 4000, 1 << 20}) {
      SegmentRef base = merge(sortBytes, segments, filter, false, "base" + sortBytes);
      model.assertIs(files, List.of(base), filter, scratch);
    }
    assertThat(scratch.fileCount()).isZero();
  }

  private void mergeSome(List<SegmentRef> segments, Random random) throws IOException {
    for (int i = 0; i < 3; i++) {
      int from = random.nextInt(segments.size());
      int to = from + 1 + random.nextInt(segments.size() - from);
      List<SegmentRef> some = segments.subList(from, to);
      SegmentRef merged = merge(random.nextInt(1000), some, SegmentFilter.ALL, from > 0, "m" + i);
      some.clear();
      some.add(merged);
    }
  }

  @RepeatedTest(100)
  void twiceComesToTheSameAsOnce(RepetitionInfo repetition) throws IOException {
    Random random = new Random(repetition.getCurrentRepetition());
    StateModel model = new StateModel();
    SegmentRef first = segment("first", random, 40, model);
    SegmentRef second = segment("second", random, 40, model);
    model.assertIs(files, List.of(first, second, second), SegmentFilter.ALL, scratch);
    SegmentRef merged = merge(0, List.of(first, second), SegmentFilter.ALL, true, "merged");
    model.assertIs(files, List.of(first, second, merged), SegmentFilter.ALL, scratch);
  }

  @RepeatedTest(100)
  void transformsThatChangeNamesAndChangeThemBack(RepetitionInfo repetition) throws IOException {
    Random random = new Random(repetition.getCurrentRepetition());
    StateModel model = new StateModel();
    List<SegmentRef> segments = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      segments.add(segment("s" + i, random, 60, model));
    }
    mergeSome(segments, random);
    TransformNames exchanged = new TransformNames(Map.of("A", "B/C", "B/C", "A"));
    SegmentRef renamed =
        merge(
            random.nextInt(1000),
            segments,
            new SegmentFilter(
                KeyGroupRange.ALL, hash -> hash == StateModel.TRANSFORMS[1], true, exchanged),
            false,
            "renamed");
    SegmentFilter back =
        new SegmentFilter(
            KeyGroupRange.ALL, hash -> hash == StateModel.TRANSFORMS[0], true, exchanged);
    model.assertIs(files, List.of(renamed), back, scratch);
  }

  @Test
  void mergesMoreRunsThanItHasBuffersFor() throws IOException {
    Random random = new Random(7);
    StateModel model = new StateModel();
    List<SegmentRef> segments = List.of(segment("a", random, 2000, model));
    SegmentRef merged = merge(1, segments, SegmentFilter.ALL, false, "b");
    model.assertIs(files, List.of(merged), SegmentFilter.ALL, scratch);
    assertThat(scratch.fileCount()).isZero();
  }

  @Test
  void namesAndCountsAreCarriedOver() throws IOException {
    SegmentRef segment = segment("a", new Random(3), 500, new StateModel());
    SegmentRef merged = merge(1000, List.of(segment), SegmentFilter.ALL, false, "b");
    SegmentFooter footer = SegmentReader.open(files, merged).footer();
    assertThat(footer.sorted()).isTrue();
    assertThat(footer.names().transforms()).containsValues("A", "B/C");
    assertThat(footer.names().states()).containsValue("s");
    assertThat(footer.counts().counts().values()).allMatch(count -> count.deletes() == 0);
  }

  private SegmentRef merge(
      int sortBytes, List<SegmentRef> segments, SegmentFilter filter, boolean keep, String name)
      throws IOException {
    files.delete(name);
    return new SegmentMerge(scratch, sortBytes, () -> false)
        .write(files, List.copyOf(segments), filter, keep, files, name);
  }

  private SegmentRef segment(String name, Random random, int changes, StateModel model)
      throws IOException {
    files.delete(name);
    return TestSegments.write(
        files,
        name,
        random.nextInt(500),
        log -> {
          for (int i = 0; i < changes; i++) {
            StateModel.change(random, log, model);
          }
        });
  }
}
