package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * What a task logs is in the storage when it is said to be, whatever the lanes do when, whatever
 * fails, and whatever was merged meanwhile.
 */
class TaskLogTest {
  private static final LogLimits TINY = new LogLimits(300, 2000, 4000, 0.25, 4, 2000);

  private final TestFiles files = new TestFiles();
  private final MemoryDisk scratch = new MemoryDisk(Long.MAX_VALUE);
  private final List<Queue<Runnable>> lanes =
      List.of(new ArrayDeque<>(), new ArrayDeque<>(), new ArrayDeque<>());
  private final List<Sealed> told = new ArrayList<>();
  private int attempt;

  @RepeatedTest(60)
  void whatIsSafeIsWhatWasLogged(RepetitionInfo repetition) throws IOException {
    Random random = new Random(repetition.getCurrentRepetition());
    StateModel model = new StateModel();
    Map<Long, StateModel> atBarrier = new TreeMap<>();
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    files.failWrites(() -> random.nextInt(100) == 0);
    int checked = 0;
    for (long checkpoint = 1; checkpoint <= 30; checkpoint++) {
      changes(random, log.open(), model);
      log.closeEpoch();
      StateModel closed = model.copy();
      // What had changed at the barrier and is logged behind it: nothing that open() touches.
      Bytes late = EntryKey.header(new Bytes(), 200, 1, EntryKey.Kind.VALUE).putLong(checkpoint);
      for (ChangeLog each : List.of(log.closing(), closed, model)) {
        each.put(late, late);
      }
      changes(random, log.open(), model);
      log.seal(checkpoint, told::add);
      atBarrier.put(checkpoint, closed);
      work(random, random.nextInt(20));
      checked = check(atBarrier, checked, random, log);
    }
    files.failWrites(() -> false);
    log.closeEpoch();
    log.seal(99, told::add);
    atBarrier.put(99L, model);
    work(random, Integer.MAX_VALUE);
    check(atBarrier, checked, random, log);
    Sealed.Safe last = (Sealed.Safe) told.get(told.size() - 1);
    assertThat(last.checkpoint()).isEqualTo(99);
    log.completed(99);
    work(random, Integer.MAX_VALUE);
    assertThat(scratch.fileCount()).isZero();
    log.close();
    work(random, Integer.MAX_VALUE);
    checkRestarts(random, last.snapshot().segments(), model);
  }

  /** Continues in the same place, and in two halves elsewhere. */
  private void checkRestarts(Random random, List<SegmentRef> segments, StateModel model)
      throws IOException {
    TaskLog again = log(new LogOrigin.Continued(segments), SegmentFilter.ALL);
    StateModel changed = model.copy();
    changes(random, again.open(), changed);
    again.closeEpoch();
    again.seal(1, told::add);
    work(random, Integer.MAX_VALUE);
    changed.assertIs(files, lastSafe(), SegmentFilter.ALL, scratch);
    again.close();
    for (KeyGroupRange half : List.of(new KeyGroupRange(0, 3), new KeyGroupRange(4, 255))) {
      SegmentFilter own = new SegmentFilter(half, hash -> true, true);
      TaskLog part = log(new LogOrigin.Adopted(files, segments), own);
      part.closeEpoch();
      part.seal(1, told::add);
      work(random, Integer.MAX_VALUE);
      SegmentFilter withoutSides = new SegmentFilter(half, hash -> true, false);
      model.assertIs(files, lastSafe(), withoutSides, scratch);
      assertThat(lastSafe()).allMatch(s -> half.contains(s.firstGroup()));
      part.close();
    }
  }

  private List<SegmentRef> lastSafe() {
    return ((Sealed.Safe) told.get(told.size() - 1)).snapshot().segments();
  }

  private int check(Map<Long, StateModel> atBarrier, int checked, Random random, TaskLog log)
      throws IOException {
    for (Sealed sealed : told.subList(checked, told.size())) {
      if (sealed instanceof Sealed.Safe safe) {
        if (random.nextInt(3) > 0) {
          atBarrier
              .get(safe.checkpoint())
              .assertIs(files, safe.snapshot().segments(), SegmentFilter.ALL, scratch());
          log.completed(safe.checkpoint());
        }
      } else if (sealed instanceof Sealed.NotSafe not) {
        assertThat(not.why()).hasMessageContaining("No space left on device");
      }
    }
    return told.size();
  }

  private static MemoryDisk scratch() {
    return new MemoryDisk(Long.MAX_VALUE);
  }

  @Test
  void anUploadThatFailsIsMadeUpForByTheNext() throws IOException {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    StateModel model = new StateModel();
    Random random = new Random(1);
    files.failWrites(() -> true);
    for (int checkpoint = 1; checkpoint <= 3; checkpoint++) {
      changes(random, log.open(), model);
      log.closeEpoch();
      log.seal(checkpoint, told::add);
      work(random, Integer.MAX_VALUE);
    }
    assertThat(told).hasSize(3).allMatch(each -> each instanceof Sealed.NotSafe);
    Sealed.NotSafe last = (Sealed.NotSafe) told.get(2);
    assertThat(last.missingBytes()).isPositive();
    assertThat(last.why())
        .hasMessageContaining(last.missingBytes() + " bytes")
        .hasMessageContaining("test:");
    assertThat(scratch.usedBytes()).isPositive();
    files.failWrites(() -> false);
    log.closeEpoch();
    log.seal(4, told::add);
    work(random, Integer.MAX_VALUE);
    model.assertIs(files, lastSafe(), SegmentFilter.ALL, scratch());
    assertThat(scratch.usedBytes()).isZero();
  }

  @Test
  void anEpochWithoutChangesWritesNothing() {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    log.closeEpoch();
    log.seal(1, told::add);
    work(new Random(1), Integer.MAX_VALUE);
    assertThat(files.files()).isEmpty();
    assertThat(lastSafe()).isEmpty();
  }

  @Test
  void isCongestedWhileTooMuchWaitsToBePacked() {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    Bytes key = EntryKey.header(new Bytes(), 1, 1, EntryKey.Kind.VALUE);
    log.open().put(key, new Bytes().put(new byte[3000]));
    assertThat(log.congested()).isFalse();
    log.closeEpoch();
    log.seal(1, told::add);
    assertThat(log.congested()).isTrue();
    work(new Random(1), Integer.MAX_VALUE);
    assertThat(log.congested()).isFalse();
  }

  @Test
  void epochsAreClosedAndSealedInTurn() {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    Bytes key = EntryKey.header(new Bytes(), 1, 1, EntryKey.Kind.VALUE);
    assertThatThrownBy(() -> log.closing().delete(key)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> log.seal(1, told::add)).isInstanceOf(IllegalStateException.class);
    log.closeEpoch();
    assertThatThrownBy(log::closeEpoch).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whatIsAskedForIsAnsweredThoughTheTaskHasEnded() {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    changes(new Random(1), log.open(), new StateModel());
    log.closeEpoch();
    log.seal(1, told::add);
    log.close();
    work(new Random(1), Integer.MAX_VALUE);
    assertThat(told).hasSize(1).allMatch(each -> each instanceof Sealed.NotSafe);
    assertThat(scratch.fileCount()).isZero();
    assertThat(files.files()).isEmpty();
  }

  @Test
  void filesThatNoCompleteCheckpointHasAreDeleted() throws IOException {
    TaskLog log = log(new LogOrigin.Nothing(), SegmentFilter.ALL);
    StateModel model = new StateModel();
    Random random = new Random(5);
    for (int checkpoint = 1; checkpoint <= 50; checkpoint++) {
      changes(random, log.open(), model);
      log.closeEpoch();
      log.seal(checkpoint, told::add);
      work(random, Integer.MAX_VALUE);
    }
    log.completed(50);
    work(random, Integer.MAX_VALUE);
    model.assertIs(files, lastSafe(), SegmentFilter.ALL, scratch());
    // Those of checkpoint 50, and what became of them since.
    assertThat(files.files().keySet()).hasSizeLessThanOrEqualTo(lastSafe().size() + 1);
  }

  private static void changes(Random random, ChangeLog log, StateModel model) {
    for (int i = random.nextInt(50); i >= 0; i--) {
      StateModel.change(random, log, model);
    }
  }

  private TaskLog log(LogOrigin origin, SegmentFilter filter) {
    attempt++;
    LogLanes laned = new LogLanes(lanes.get(0)::add, lanes.get(1)::add, lanes.get(2)::add);
    return new TaskLog(
        new LogPlace(files, "a" + attempt + "/", scratch, laned),
        origin,
        filter,
        StateModel.names(),
        TINY);
  }

  /** Does so much of what waits in the lanes, one after the other from random ones. */
  private void work(Random random, int most) {
    for (int i = 0; i < most; i++) {
      List<Queue<Runnable>> busy = lanes.stream().filter(lane -> !lane.isEmpty()).toList();
      if (busy.isEmpty()) {
        return;
      }
      busy.get(random.nextInt(busy.size())).remove().run();
    }
  }
}
