package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.StateFixture;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentSummary;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.TimerInternals;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** What is printed of a savepoint is what a task's state holds: cells, timers and keys. */
class SummaryOfStateTest {
  private static final StateNamespace WINDOW =
      StateNamespaces.window(
          IntervalWindow.getCoder(),
          new IntervalWindow(Instant.ofEpochMilli(0), Instant.ofEpochMilli(10)));

  @Test
  void countsWhatATaskHasLogged() throws IOException {
    FolderFiles files = new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "t");
    LogLanes lanes = new LogLanes(Runnable::run, Runnable::run, Runnable::run);
    TaskLog log =
        new TaskLog(
            new LogPlace(files, "a/", new MemoryDisk(1 << 20), lanes),
            new LogOrigin.Nothing(),
            SegmentFilter.ALL,
            new StateNames(),
            LogLimits.DEFAULT);
    StateFixture fixture = new StateFixture(log);
    for (int key = 0; key < 5; key++) {
      change(fixture, key);
    }
    fixture.task.barrier();
    log.closeEpoch();
    while (!fixture.task.logSome(-1, () -> 0)) {
      assertThat(log.congested()).isFalse();
    }
    List<SegmentRef> segments = new ArrayList<>();
    log.seal(1, outcome -> segments.addAll(((Sealed.Safe) outcome).snapshot().segments()));
    SegmentSummary summary = new SegmentSummary("~watermark");
    summary.add(files, segments);
    Map<String, Long> entries = new LinkedHashMap<>();
    for (SegmentSummary.Row row : summary.rows()) {
      assertThat(row.transform()).isEqualTo(StateFixture.TRANSFORM);
      assertThat(row.bytes()).isPositive();
      entries.put(row.state(), row.entries());
    }
    assertThat(entries)
        .isEqualTo(
            Map.of(SegmentSummary.KEYS, 5L, SegmentSummary.TIMERS, 2L, "user/n", 5L, "user/b", 3L));
  }

  /** A value for each key, a bag for the first three, a timer for the first two. */
  private static void change(StateFixture fixture, int key) {
    fixture.select("key" + key);
    fixture.state.stateInternals().state(WINDOW, StateTags.value("n", VarLongCoder.of())).write(1L);
    if (key < 3) {
      fixture
          .state
          .stateInternals()
          .state(WINDOW, StateTags.bag("b", StringUtf8Coder.of()))
          .add("element");
    }
    if (key < 2) {
      TimerInternals timers = fixture.state.timerInternals();
      Instant at = Instant.ofEpochMilli(9);
      timers.setTimer(WINDOW, "t", "", at, at, TimeDomain.EVENT_TIME);
    }
  }
}
