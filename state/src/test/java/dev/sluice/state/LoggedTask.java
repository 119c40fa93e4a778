package dev.sluice.state;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.keyed.PartLimits;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.LogLanes;
import dev.sluice.state.log.LogLimits;
import dev.sluice.state.log.LogOrigin;
import dev.sluice.state.log.LogPlace;
import dev.sluice.state.log.Sealed;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentMerge;
import dev.sluice.state.log.SegmentSummary;
import dev.sluice.state.log.StateNames;
import dev.sluice.state.log.TaskLog;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.store.SortedMapStore;
import dev.sluice.state.store.StateMemory;
import dev.sluice.state.store.StateStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;

/** A task whose state is logged, and which is started again from what was. One thread. */
public final class LoggedTask {
  private static final LogLimits TINY = new LogLimits(1 << 20, 1 << 20, 4000, 0.25, 8, 1 << 16);

  private final FolderFiles files =
      new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "test");
  private final MemoryDisk scratch = new MemoryDisk(1L << 30);
  private List<SegmentRef> segments = List.of();
  private TaskLog log;
  private StateFixture fixture;
  private final @Nullable StateMemory memory;
  private final PartLimits limits;
  private boolean logging;
  private long checkpoint;
  private int attempt;
  private boolean merging;
  private Supplier<StateStore> stores = SortedMapStore::new;
  private Consumer<StateFixture> setUp = fixture -> {};

  /**
   * A task that was never started.
   *
   * @param memory what its keys may take on the heap, if that is limited
   */
  public LoggedTask(@Nullable StateMemory memory) {
    this(memory, PartLimits.DEFAULT);
  }

  /**
   * A task that was never started.
   *
   * @param memory what its keys may take on the heap, if that is limited
   * @param limits when collections are no longer one piece
   */
  public LoggedTask(@Nullable StateMemory memory, PartLimits limits) {
    this.memory = memory;
    this.limits = limits;
  }

  /** Has a store made by somebody at each start. */
  public LoggedTask storesOf(Supplier<StateStore> factory) {
    stores = factory;
    return this;
  }

  /** Has something done at each start, before anything comes back. */
  public LoggedTask atStart(Consumer<StateFixture> action) {
    setUp = action;
    return this;
  }

  /** Says that there may be fewer entries after a restart, for some were parts of one. */
  public LoggedTask mayMergeEntries() {
    merging = true;
    return this;
  }

  /** Starts for the first time. */
  public StateFixture start() {
    LogPlace place =
        new LogPlace(
            files,
            "attempt-" + attempt++,
            scratch,
            new LogLanes(Runnable::run, Runnable::run, Runnable::run));
    LogOrigin origin =
        segments.isEmpty() ? new LogOrigin.Nothing() : new LogOrigin.Continued(segments);
    log = new TaskLog(place, origin, SegmentFilter.ALL, new StateNames(), TINY);
    fixture = new StateFixture(log, memory, limits, stores.get());
    setUp.accept(fixture);
    return fixture;
  }

  /** Has segments copied that the first start is to be from. */
  public LoggedTask from(FolderFiles others, List<SegmentRef> saved) throws IOException {
    for (SegmentRef segment : saved) {
      try (InputStream in = others.open(segment.file(), 0);
          OutputStream out = files.create(segment.file())) {
        in.transferTo(out);
      }
    }
    segments = saved;
    return this;
  }

  /** Starts from what was logged. */
  public StateFixture startAgain() {
    start();
    try (EntryCursor saved = saved(SegmentFilter.ALL)) {
      while (saved.next()) {
        fixture.task.restore(saved.key(), saved.value());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    fixture.task.restored();
    return fixture;
  }

  /** Returns some of what was logged. */
  public EntryCursor saved(SegmentFilter filter) throws IOException {
    return SegmentMerge.entries(files, segments, filter, scratch);
  }

  /** Ends an epoch, logs all of it, and counts what is in all epochs. */
  public SegmentSummary summary() throws IOException {
    barrier();
    finishLogging();
    SegmentSummary summary = new SegmentSummary("none");
    summary.add(files, segments);
    return summary;
  }

  /** Ends an epoch, after logging what is left of the one before. */
  public void barrier() {
    finishLogging();
    fixture.task.barrier();
    log.closeEpoch();
    logging = true;
  }

  /** Logs a few entries of the closed epoch. */
  public void logSome() {
    if (logging && fixture.task.logSome(-1, () -> 0)) {
      logging = false;
      log.seal(++checkpoint, outcome -> segments = ((Sealed.Safe) outcome).snapshot().segments());
      log.completed(checkpoint);
    }
  }

  private void finishLogging() {
    while (logging) {
      logSome();
    }
  }

  /** Ends an epoch, logs all of it, and says how many bytes that are. */
  public long lastEpochBytes() {
    barrier();
    finishLogging();
    return segments.get(segments.size() - 1).bytes();
  }

  /** Ends an epoch, logs all of it, and starts again from that. */
  public StateFixture restart() {
    barrier();
    finishLogging();
    log.close();
    long entries = fixture.task.entryCount();
    startAgain();
    if (!merging && fixture.task.entryCount() != entries) {
      throw new AssertionError(fixture.task.entryCount() + " entries came back of " + entries);
    }
    return fixture;
  }
}
