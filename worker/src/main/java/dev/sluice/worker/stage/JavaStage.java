package dev.sluice.worker.stage;

import dev.sluice.state.error.Thrown;
import dev.sluice.worker.record.Batch;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * The transforms of one stage at work in one task, wired by direct calls.
 *
 * <p>Owned by the task's thread. Always true: watermarks move through it between slices only, each
 * operator's input watermark being the least output watermark of those it reads from, idle ones
 * left out if others are not. Built by {@code StageBuilder}.
 */
public final class JavaStage {

  /**
   * An operator with the PCollections it reads within the stage and those it makes.
   *
   * @param floor keeps its input watermark, if it has state; null otherwise
   */
  public record Part(
      Operator operator, List<String> inputs, List<String> outputs, WatermarkFloor floor) {}

  /** Where the panes of side inputs go; the stage has at most one. */
  public interface SidePanes {
    /** Takes the panes in a batch of a side input's exchange. */
    void receive(String exchangeId, Batch batch);

    /** The watermark of a side input's exchange has advanced. */
    void advanceWatermark(String exchangeId, long watermarkMs);
  }

  private final List<Part> parts;
  private final Receiver root;
  private final boolean keyed;
  private final SidePanes sidePanes;
  private final BundleLimits bundleLimits;
  private final List<BundleSize> bundleSizes;
  private final SourceOperator source;
  private final Map<String, Long> watermarks = new LinkedHashMap<>();
  private final Set<String> idle = new LinkedHashSet<>();
  private final CombinedWatermark[] inputs;
  private final List<Part> opened = new ArrayList<>();
  private long inputCollectionWatermark = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private Activity inputCollectionActivity = Activity.ACTIVE;

  /**
   * @param parts in topological order; the first is the source if {@code root} is null
   * @param root takes the elements of the stage's input
   * @param keyed whether batches of the input carry the hashes of keys
   * @param bundleLimits when its bundles are to end
   */
  public JavaStage(
      List<Part> parts,
      Receiver root,
      boolean keyed,
      SidePanes sidePanes,
      BundleLimits bundleLimits) {
    this.parts = List.copyOf(parts);
    this.root = root;
    this.keyed = keyed;
    this.sidePanes = sidePanes;
    this.bundleLimits = bundleLimits;
    this.bundleSizes =
        parts.stream().map(part -> part.operator().bundleSize()).filter(Objects::nonNull).toList();
    this.inputs =
        parts.stream().map(part -> new CombinedWatermark()).toArray(CombinedWatermark[]::new);
    this.source = root == null ? (SourceOperator) parts.get(0).operator() : null;
  }

  /** The source that is its root, or null if it reads exchanges. */
  public SourceOperator source() {
    return source;
  }

  /** How many operators an element passes at most, each called from inside the one before. */
  public int callDepth() {
    Map<String, Integer> depths = new HashMap<>();
    int deepest = 0;
    for (Part part : parts) {
      int depth = 1;
      for (String input : part.inputs()) {
        depth = Math.max(depth, 1 + depths.getOrDefault(input, 0));
      }
      for (String made : part.outputs()) {
        depths.put(made, depth);
      }
      deepest = Math.max(deepest, depth);
    }
    return deepest;
  }

  /** Opens every operator; those opened are closed by {@link #close} even if a later one fails. */
  public void open() throws Exception {
    for (Part part : parts) {
      opened.add(part);
      if (part.floor() != null) {
        part.floor().open();
      }
      part.operator().open();
    }
  }

  /** When its bundles are to end. */
  public BundleLimits bundleLimits() {
    return bundleLimits;
  }

  /** Begins a bundle. */
  public void startBundle() {
    for (Part part : parts) {
      part.operator().startBundle();
    }
  }

  /** Measures the open bundle, and says whether it has reached its limits. */
  public boolean bundleIsLarge() {
    boolean large = false;
    for (BundleSize size : bundleSizes) {
      size.measure();
      large |= size.reaches(bundleLimits);
    }
    return large;
  }

  /**
   * How many elements the open bundle may take before it is measured again.
   *
   * @param few the limit if nothing is known of them
   * @param most no more than this
   */
  public int bundleRoom(int few, int most) {
    long room = most;
    for (BundleSize size : bundleSizes) {
      room = Math.min(room, size.room(bundleLimits, few));
    }
    return (int) room;
  }

  /** Whether the end of the bundle would advance the watermark of what an operator emits. */
  public boolean bundleHoldsWatermark() {
    for (Part part : parts) {
      if (part.operator().holdsForBundle()) {
        return true;
      }
    }
    return false;
  }

  /** A slice of the bundle has ended, or the bundle. */
  public void endSlice() {
    for (Part part : parts) {
      part.operator().endSlice();
    }
  }

  /** The input pauses within a bundle. */
  public void pause() {
    for (Part part : parts) {
      part.operator().pause();
    }
  }

  /** Ends the bundle, upstream first: what an operator emits then still belongs to the bundle. */
  public void finishBundle() {
    for (Part part : parts) {
      part.operator().finishBundle();
    }
    for (BundleSize size : bundleSizes) {
      size.reset();
    }
  }

  /** Runs the elements of a batch of the main input through the stage. */
  public void process(Batch batch) {
    int size = batch.size();
    if (keyed) {
      root.expect(batch);
      for (int i = 0; i < size; i++) {
        root.receiveKeyed(
            batch.value(i),
            batch.keyHash(i),
            batch.accumulated(),
            batch.timestampMs(i),
            batch.windows(i),
            batch.pane(i));
      }
    } else {
      for (int i = 0; i < size; i++) {
        root.receive(batch.value(i), batch.timestampMs(i), batch.windows(i), batch.pane(i));
      }
    }
  }

  /** Takes the panes of a side input. */
  public void processSide(String exchangeId, Batch batch) {
    sidePanes.receive(exchangeId, batch);
  }

  /** Between slices: the watermark of a side input has advanced. */
  public void advanceSideWatermark(String exchangeId, long watermarkMs) {
    sidePanes.advanceWatermark(exchangeId, watermarkMs);
  }

  /**
   * Between slices: moves the watermark through all operators.
   *
   * @param inputWatermarkMs of the stage's input; of no meaning if the root is a source
   * @param inputActivity what is to be expected of it
   */
  public void advanceWatermark(long inputWatermarkMs, Activity inputActivity) {
    inputCollectionWatermark =
        Math.min(inputWatermarkMs, BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
    inputCollectionActivity = inputActivity;
    for (int i = 0; i < inputs.length; i++) {
      Part part = parts.get(i);
      Activity activity = Activity.ENDED;
      if (part.operator() != source) {
        activity = combine(part.inputs(), inputs[i]);
        long least = inputs[i].watermarkMs();
        part.operator().advanceWatermark(part.floor() == null ? least : part.floor().raise(least));
      }
      boolean nowIdle = part.operator().activity(activity) == Activity.IDLE;
      long output = part.operator().outputWatermarkMs();
      for (String made : part.outputs()) {
        watermarks.put(made, output);
        if (nowIdle) {
          idle.add(made);
        } else {
          idle.remove(made);
        }
      }
    }
  }

  private Activity combine(List<String> collections, CombinedWatermark combined) {
    combined.begin();
    for (String input : collections) {
      combined.add(watermarkMs(input), isIdle(input));
    }
    if (collections.isEmpty()) {
      combined.add(inputCollectionWatermark, inputCollectionActivity == Activity.IDLE);
    }
    combined.end();
    return combined.activity();
  }

  /** The watermark of a PCollection of this stage, as of the last {@link #advanceWatermark}. */
  public long watermarkMs(String collectionId) {
    return watermarks.getOrDefault(collectionId, inputCollectionWatermark);
  }

  /** Whether it was idle then. */
  public boolean isIdle(String collectionId) {
    return watermarks.containsKey(collectionId)
        ? idle.contains(collectionId)
        : inputCollectionActivity == Activity.IDLE;
  }

  /** Whether any operator has something due. */
  public boolean hasDueWork() {
    for (Part part : parts) {
      if (part.operator().hasDueWork()) {
        return true;
      }
    }
    return false;
  }

  /** Does up to {@code limit} pieces of due work, upstream first; within a bundle. */
  public int fireTimers(int limit) {
    int fired = 0;
    for (Part part : parts) {
      if (fired < limit && part.operator().hasDueWork()) {
        fired += part.operator().fireTimers(limit - fired);
      }
    }
    return fired;
  }

  /** The least processing time at which an operator wants to be asked again. */
  public long nextProcessingTimeMs() {
    long least = Long.MAX_VALUE;
    for (Part part : parts) {
      least = Math.min(least, part.operator().nextProcessingTimeMs());
    }
    return least;
  }

  /** Between slices: the tasks upstream have come to this processing time. */
  public void advanceSynchronizedTime(long timeMs) {
    for (Part part : parts) {
      part.operator().advanceSynchronizedTime(timeMs);
    }
  }

  /** The least synchronized processing time behind which an operator has something due. */
  public long nextSynchronizedTimeMs() {
    long least = Long.MAX_VALUE;
    for (Part part : parts) {
      least = Math.min(least, part.operator().nextSynchronizedTimeMs());
    }
    return least;
  }

  /** Whether any operator will still do something although the input has ended. */
  public boolean hasPendingWork() {
    for (Part part : parts) {
      if (part.operator().hasPendingWork()) {
        return true;
      }
    }
    return false;
  }

  /** All input up to a barrier is done, and no bundle is open. */
  public void barrier(long checkpoint) {
    for (Part part : parts) {
      part.operator().barrier(checkpoint);
      if (part.floor() != null) {
        part.floor().save();
      }
    }
  }

  /**
   * What would otherwise read for ever stops.
   *
   * @return from where on the watermark is what it is because of that
   */
  public long drain() {
    long from = Long.MAX_VALUE;
    for (Part part : parts) {
      from = Math.min(from, part.operator().drain());
    }
    return from;
  }

  /**
   * Whether an operator holds work back until a checkpoint is complete, given that the input has
   * ended. One that reads from an operator with work of its own, such as a splittable DoFn, does
   * not count: that is like a source, and checkpoints would follow one another for as long as it
   * emits.
   */
  public boolean waitsForCheckpoint() {
    Set<String> growing = new HashSet<>();
    for (Part part : parts) {
      boolean fed = !Collections.disjoint(growing, part.inputs());
      boolean waits = part.operator().waitsForCheckpoint();
      if (waits && !fed) {
        return true;
      }
      if (fed || part.operator().hasPendingWork()) {
        growing.addAll(part.outputs());
      }
    }
    return false;
  }

  /**
   * Closes every operator that was opened, downstream last; all of them even if some fail.
   *
   * @throws Exception the first failure
   */
  public void close() throws Exception {
    Throwable first = null;
    for (Part part : opened) {
      try {
        part.operator().close();
      } catch (Throwable e) {
        if (first == null) {
          first = e;
        } else {
          Thrown.suppress(first, e);
        }
      }
    }
    opened.clear();
    if (first instanceof Error error) {
      throw error;
    } else if (first != null) {
      throw (Exception) first;
    }
  }
}
