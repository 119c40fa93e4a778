package dev.sluice.worker.grouping;

import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.windowed.AccumulatorTable;
import dev.sluice.state.windowed.WindowedAccumulators;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.DrainedWindows;
import dev.sluice.worker.stage.EndOfTime;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import dev.sluice.worker.watermark.CombinedWatermark;
import java.util.Collection;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;

/**
 * Combines, or groups ({@link CollectingFn}), by key and window where each window fires exactly
 * once, when the watermark passes its end: the common case of {@link GeneralGrouping}, recognised
 * by {@link OneFiring}, without a timer, a hold or a trigger per key.
 *
 * <p>Owned by one task's stage. Always true: all it keeps of records is in its {@link
 * WindowedAccumulators}, also while a window is emitted in slices; an accumulator is changed in
 * place by this operator alone; nothing is allocated per record but what the user's function
 * allocates.
 */
final class WindowedCombineOperator<K, InputT, AccumT, OutputT> implements GroupingOperator {
  static final String STATE_ID = "accumulators";

  private final Receiver output;
  private final OperatorContext context;
  private final boolean keyed;
  private final CombineFn<InputT, AccumT, OutputT> fn;
  private final Pair<AccumT> pair = new Pair<>();
  private final KeyHasher<K> hasher;
  private final WindowedAccumulators<K, AccumT> accumulators;
  private final Lateness lateness;

  private MetricsEnvironmentState metricsEnvironment;
  private long inputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  WindowedCombineOperator(
      OperatorContext context,
      GroupingInput<K> input,
      Combine<InputT, AccumT, OutputT> combine,
      Receiver output) {
    this.output = output;
    this.context = context;
    this.keyed = input.keyed();
    this.fn = combine.fn();
    this.hasher = KeyHasher.of(input.keyCoder());
    this.accumulators =
        new WindowedAccumulators<>(
            input.keyCoder(),
            combine.accumulatorCoder(),
            input.strategy().getWindowFn().windowCoder(),
            false);
    if (!(fn instanceof CollectingFn<?>)) {
      accumulators.mergedBy(this::merged);
    }
    this.lateness = new Lateness(input.strategy(), context.metrics());
    context.task().state().register(context.transformName(), STATE_ID, accumulators);
  }

  @Override
  public void open() {
    metricsEnvironment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
  }

  @Override
  @SuppressWarnings("unchecked")
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    if (keyed) {
      KV<K, ?> kv = (KV<K, ?>) value;
      take(kv.getKey(), hasher.hash(kv.getKey()), kv.getValue(), false, windows);
    } else {
      take(null, hasher.hash(null), value, false, windows);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public void receiveKeyed(
      Object value,
      int keyHash,
      boolean accumulated,
      long timestampMs,
      Collection<? extends BoundedWindow> windows,
      PaneInfo pane) {
    KV<K, ?> kv = (KV<K, ?>) value;
    take(kv.getKey(), keyHash, kv.getValue(), accumulated, windows);
  }

  @SuppressWarnings("unchecked")
  private void take(
      K key,
      int keyHash,
      Object value,
      boolean accumulated,
      Collection<? extends BoundedWindow> windows) {
    MetricsContainer outer = metricsEnvironment.activate(context.metrics());
    context.blame().begin();
    try {
      for (AccumulatorTable<K, AccumT> table : accumulators.tables(windows)) {
        if (table.endMs() < inputWatermarkMs) {
          lateness.drop();
        } else if (accumulated) {
          merge(table, key, keyHash, (AccumT) value);
        } else {
          add(table, key, keyHash, (InputT) value);
        }
      }
    } catch (Throwable e) {
      throw context.blame().of(e);
    } finally {
      metricsEnvironment.activate(outer);
    }
  }

  private void add(AccumulatorTable<K, AccumT> table, K key, int keyHash, InputT input) {
    int entry = table.find(key, keyHash);
    if (entry < 0) {
      addKey(table, key, keyHash, fn.addInput(fn.createAccumulator(), input));
      return;
    }
    AccumT before = table.accumulator(entry);
    AccumT after = fn.addInput(before, input);
    if (after != before) {
      table.accumulator(entry, after);
    }
  }

  // An accumulator that came from elsewhere is ours from now on.
  private void merge(AccumulatorTable<K, AccumT> table, K key, int keyHash, AccumT accumulator) {
    int entry = table.find(key, keyHash);
    if (entry < 0) {
      addKey(table, key, keyHash, accumulator);
      return;
    }
    table.accumulator(entry, merged(table.accumulator(entry), accumulator));
  }

  private void addKey(AccumulatorTable<K, AccumT> table, K key, int keyHash, AccumT accumulator) {
    EndOfTime.checkWindow(context.transformName(), table.endMs());
    table.add(key, keyHash, accumulator);
  }

  private AccumT merged(AccumT before, AccumT after) {
    AccumT merged = fn.mergeAccumulators(pair.of(before, after));
    pair.of(null, null);
    return merged;
  }

  @Override
  public void endSlice() {
    accumulators.settle();
  }

  @Override
  public void advanceWatermark(long watermarkMs) {
    inputWatermarkMs = watermarkMs;
  }

  @Override
  public Activity activity(Activity input) {
    return accumulators.firstEndMs() < CombinedWatermark.END_MS ? Activity.ACTIVE : input;
  }

  @Override
  public long outputWatermarkMs() {
    outputWatermarkMs =
        Math.max(outputWatermarkMs, Math.min(inputWatermarkMs, accumulators.firstEndMs()));
    return outputWatermarkMs;
  }

  @Override
  public boolean hasDueWork() {
    return accumulators.firstEndMs() < inputWatermarkMs;
  }

  @Override
  public int fireTimers(int limit) {
    MetricsContainer outer = metricsEnvironment.activate(context.metrics());
    try {
      int fired = 0;
      while (fired < limit && hasDueWork()) {
        fired += fire(accumulators.first(), limit - fired);
      }
      return fired;
    } finally {
      metricsEnvironment.activate(outer);
    }
  }

  /** Brings the firing of a window on by {@code limit} entries, or to its end. */
  private int fire(AccumulatorTable<K, AccumT> table, int limit) {
    int moved = prepare(table, limit);
    if (moved > 0) {
      return moved;
    }
    int emitted = emit(table, limit);
    // Looked at in the slice that emits a window's last entry, so that nothing waits for another.
    if (table.first() == table.end() && prepare(table, 1) == 0 && table.first() == table.end()) {
      accumulators.close(table);
    }
    return emitted;
  }

  private int prepare(AccumulatorTable<K, AccumT> table, int limit) {
    try {
      return accumulators.prepare(table, limit);
    } catch (Throwable e) {
      throw context.blame().of(e);
    }
  }

  private int emit(AccumulatorTable<K, AccumT> table, int limit) {
    int begin = table.first();
    int end = Math.min(table.end(), begin + limit);
    Collection<? extends BoundedWindow> windows =
        DrainedWindows.of(table.windows(), context.task().services().causedByDrain(table.endMs()));
    for (int entry = begin; entry < end; entry++) {
      OutputT combined = extract(table.handOut());
      Object result = keyed ? KV.of(table.key(entry), combined) : combined;
      table.release();
      output.receive(result, table.endMs(), windows, PaneInfo.ON_TIME_AND_ONLY_FIRING);
    }
    return end - begin;
  }

  private OutputT extract(AccumT accumulator) {
    try {
      return fn.extractOutput(accumulator);
    } catch (Throwable e) {
      throw context.blame().of(e);
    }
  }
}
