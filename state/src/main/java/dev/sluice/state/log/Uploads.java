package dev.sluice.state.log;

import dev.sluice.state.error.Thrown;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.storage.TaskSnapshot;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a task's log that is in the storage: writes what is sealed, knows which segments the
 * task's state consists of, and has them merged.
 *
 * <p>Owned by the lane of uploads; only {@link #close} comes from elsewhere, and a merge works on
 * files alone and has its result put in by that lane. What is always true: the segments, and behind
 * them the blocks that wait, are everything up to the last epoch that was sealed.
 */
final class Uploads {
  private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);
  private static final int MOST_FAILURES_COUNTED = 6;

  private final LogPlace place;
  private final SegmentFilter filter;
  private final StateNames names;
  private final LogLimits limits;
  private final KeptBlocks kept;
  private final FileOwnership files;
  private final List<SegmentRef> segments = new ArrayList<>();
  private final List<KeptBlock> waiting = new ArrayList<>();
  private SegmentCounts waitingCounts = new SegmentCounts();
  private LogOrigin.@Nullable Adopted adopted;
  private @Nullable Throwable lost;
  private long newBytes;
  private boolean merging;
  private int mergeFailures;
  private long noMergeBefore;
  private volatile boolean closed;

  Uploads(
      LogPlace place,
      LogOrigin origin,
      SegmentFilter filter,
      StateNames names,
      LogLimits limits,
      KeptBlocks kept) {
    this.place = place;
    this.filter = new SegmentFilter(filter.groups(), filter.transforms(), false, filter.names());
    this.names = names;
    this.limits = limits;
    this.kept = kept;
    this.files = new FileOwnership(place.files());
    if (origin instanceof LogOrigin.Continued continued) {
      segments.addAll(continued.segments());
    } else if (origin instanceof LogOrigin.Adopted others && !others.segments().isEmpty()) {
      adopted = others;
    }
  }

  /** Writes everything that waits, and says what the task's state is then. */
  void seal(Epoch epoch, long checkpoint, Consumer<Sealed> whenSafe) {
    waiting.addAll(epoch.blocks());
    waitingCounts.addAll(epoch.counts());
    if (epoch.failure() != null) {
      lost = epoch.failure();
    }
    Sealed outcome;
    try {
      writeWaiting(epoch.number());
      outcome = new Sealed.Safe(checkpoint, new TaskSnapshot(segments, newBytes));
      files.handedOver(checkpoint, segments);
      newBytes = 0;
    } catch (IOException | RuntimeException e) {
      outcome = notSafe(checkpoint, e);
    } catch (Throwable e) {
      // What was written of what waited is not known any more: no later checkpoint may rely on it.
      lost = e;
      outcome = notSafe(checkpoint, e);
    }
    whenSafe.accept(outcome);
    if (outcome instanceof Sealed.Safe) {
      startMerge(epoch.number());
    }
  }

  private Sealed notSafe(long checkpoint, Throwable thrown) {
    Throwable why = Thrown.printable(thrown);
    long missing = waiting.stream().mapToLong(block -> block.info().storedBytes()).sum();
    return new Sealed.NotSafe(
        checkpoint,
        missing,
        new IOException(
            String.format(
                "%d bytes of changed state could not be written to %s under %s: %s",
                missing, place.files().location(), place.prefix(), why.getMessage()),
            why));
  }

  private void writeWaiting(long epoch) throws IOException {
    checkWanted();
    if (lost != null) {
      throw new IOException("a part of the log is lost: " + Thrown.text(lost), lost);
    }
    if (adopted != null) {
      add(
          merge()
              .write(
                  adopted.files(),
                  adopted.segments(),
                  filter,
                  false,
                  place.files(),
                  MergePlan.baseName(place.prefix(), "a", epoch)));
      adopted = null;
    }
    if (!waiting.isEmpty()) {
      String file = place.prefix() + "e" + epoch + ".seg";
      try (SegmentWriter writer = new SegmentWriter(place.files(), file)) {
        for (KeptBlock block : waiting) {
          checkWanted();
          writer.add(block.info(), kept.read(block));
        }
        add(writer.finish(0, waitingCounts, names));
      }
      waiting.forEach(kept::release);
      waiting.clear();
      waitingCounts = new SegmentCounts();
    }
  }

  private void checkWanted() throws IOException {
    if (closed) {
      throw new IOException("the task has ended");
    }
  }

  private void add(SegmentRef segment) {
    segments.add(segment);
    written(segment);
  }

  private void written(SegmentRef segment) {
    files.written(segment);
    newBytes += segment.bytes();
  }

  private SegmentMerge merge() {
    return new SegmentMerge(place.scratch(), limits.sortBytes(), () -> closed);
  }

  private void startMerge(long epoch) {
    Optional<MergePlan> plan =
        merging || epoch < noMergeBefore ? Optional.empty() : MergePlan.of(segments, limits);
    if (plan.isPresent()) {
      merging = true;
      List<SegmentRef> inputs = List.copyOf(segments.subList(plan.get().from(), plan.get().to()));
      place.lanes().merges().accept(() -> merge(plan.get(), inputs, epoch));
    }
  }

  /** In the lane of merges. */
  private void merge(MergePlan plan, List<SegmentRef> inputs, long epoch) {
    String name =
        plan.makesBase()
            ? MergePlan.baseName(place.prefix(), "b", epoch)
            : place.prefix() + "m" + epoch + ".seg";
    try {
      SegmentRef merged =
          merge().write(place.files(), inputs, filter, !plan.makesBase(), place.files(), name);
      place.lanes().uploads().accept(() -> merged(plan, merged));
    } catch (Throwable e) {
      place.lanes().uploads().accept(() -> mergeFailed(e, epoch));
    }
  }

  private void merged(MergePlan plan, SegmentRef result) {
    merging = false;
    mergeFailures = 0;
    List<SegmentRef> replaced = segments.subList(plan.from(), plan.to());
    replaced.clear();
    replaced.add(result);
    written(result);
  }

  private void mergeFailed(Throwable why, long epoch) {
    merging = false;
    if (!closed) {
      mergeFailures = Math.min(mergeFailures + 1, MOST_FAILURES_COUNTED);
      noMergeBefore = epoch + (1L << mergeFailures);
      LOG.warn(
          "{} segments of {} in {} could not be merged; nothing is lost, it is tried again after"
              + " {} checkpoints: {}",
          segments.size(),
          place.prefix(),
          place.files().location(),
          1L << mergeFailures,
          Thrown.text(why));
    }
  }

  void completed(long checkpoint) {
    files.completed(checkpoint, segments);
  }

  void close() {
    closed = true;
  }
}
