package dev.sluice.worker.grouping;

import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.windowed.AccumulatorTable;
import dev.sluice.state.windowed.WindowedAccumulators;
import dev.sluice.translation.Node;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.watermark.Activity;
import java.util.Collection;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * Combines by key and window within a bundle, before the exchange, as long as that pays.
 *
 * <p>Owned by one task's stage. What it holds leaves when there are too many entries or they take
 * too much, by the estimate of {@link PartialSize}; when the input pauses; when the watermark has
 * advanced; and at the end of the bundle. Always true: between bundles it holds nothing, so there
 * is nothing to save; an accumulator that has been emitted is not referred to any more; its output
 * watermark does not advance while it holds anything; what leaves is either an accumulator in one
 * window or, while {@link Reduction} says that combining does not pay, the very {@code KV} that
 * came.
 */
final class PartialCombineOperator<K, InputT, AccumT> implements GroupingOperator {
  /** More than this and the accumulators are sent on within a bundle. */
  static final int MOST_ENTRIES = 16_384;

  /** If they take more than this they are, too. */
  static final int MOST_BYTES = 16 << 20;

  private final Receiver output;
  private final OperatorContext context;
  private final CombineFn<InputT, AccumT, ?> fn;
  private final KeyHasher<K> hasher;
  private final WindowedAccumulators<K, AccumT> accumulators;
  // Null if the timestamp follows from the window alone.
  private final TimestampCombiner timestamps;
  private final Reduction reduction;
  private final PartialSize size;

  private MetricsEnvironmentState metricsEnvironment;
  private int entries;
  private AccumT latest;
  private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
  private long outputWatermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  private PartialCombineOperator(
      OperatorContext context,
      GroupingInput<K> input,
      Combine<InputT, AccumT, ?> combine,
      Receiver output) {
    this.output = output;
    this.context = context;
    this.reduction = GeneralPath.only(context) ? Reduction.never() : new Reduction();
    this.fn = combine.fn();
    this.hasher = KeyHasher.of(input.keyCoder());
    TimestampCombiner combiner = input.strategy().getTimestampCombiner();
    this.timestamps = combiner == TimestampCombiner.END_OF_WINDOW ? null : combiner;
    this.accumulators =
        new WindowedAccumulators<>(
            input.keyCoder(),
            combine.accumulatorCoder(),
            input.strategy().getWindowFn().windowCoder(),
            timestamps != null);
    this.size = new PartialSize(combine.accumulatorCoder(), MOST_BYTES);
  }

  static GroupingOperator of(OperatorContext context, Node.PartialCombine node, Receiver output) {
    return new PartialCombineOperator<>(
        context,
        GroupingInput.keyed(context.components(), node.input()),
        Combine.<Object, Object, Object>of(context),
        output);
  }

  @Override
  public void open() {
    metricsEnvironment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
  }

  @Override
  @SuppressWarnings("unchecked")
  public void receive(
      Object value, long timestampMs, Collection<? extends BoundedWindow> windows, PaneInfo pane) {
    int keyHash = hasher.hash(((KV<K, ?>) value).getKey());
    receiveKeyed(value, keyHash, false, timestampMs, windows, pane);
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
    if (accumulated || !reduction.pays()) {
      output.receiveKeyed(value, keyHash, accumulated, timestampMs, windows, pane);
      return;
    }
    KV<K, InputT> kv = (KV<K, InputT>) value;
    for (AccumulatorTable<K, AccumT> table : accumulators.tables(windows)) {
      add(table, kv, keyHash, timestampMs);
    }
    if (entries >= MOST_ENTRIES) {
      flush();
    }
  }

  private void add(
      AccumulatorTable<K, AccumT> table, KV<K, InputT> kv, int keyHash, long timestampMs) {
    MetricsContainer outer = metricsEnvironment.activate(context.metrics());
    context.blame().begin();
    try {
      int entry = table.find(kv.getKey(), keyHash);
      if (entry < 0) {
        AccumT first = fn.addInput(fn.createAccumulator(), kv.getValue());
        latest = first;
        entry = table.add(kv.getKey(), keyHash, first);
        entries++;
        reduction.countNew();
        if (timestamps != null) {
          table.timestampMs(entry, shifted(table.window(), timestampMs));
        }
        return;
      }
      latest = fn.addInput(table.accumulator(entry), kv.getValue());
      table.accumulator(entry, latest);
      reduction.countCombined();
      if (timestamps != null) {
        table.timestampMs(entry, later(table, entry, timestampMs));
      }
    } catch (Throwable e) {
      throw context.blame().of(e);
    } finally {
      metricsEnvironment.activate(outer);
    }
  }

  private long shifted(BoundedWindow window, long timestampMs) {
    return timestamps.assign(window, Instant.ofEpochMilli(timestampMs)).getMillis();
  }

  private long later(AccumulatorTable<K, AccumT> table, int entry, long timestampMs) {
    long before = table.timestampMs(entry);
    long shifted = shifted(table.window(), timestampMs);
    return timestamps
        .merge(table.window(), Instant.ofEpochMilli(before), Instant.ofEpochMilli(shifted))
        .getMillis();
  }

  @Override
  public void finishBundle() {
    flush();
  }

  @Override
  public void endSlice() {
    if (entries > 0 && (watermarkMs > outputWatermarkMs || size.isTooMuch(entries, latest))) {
      flush();
    }
  }

  @Override
  public void pause() {
    flush();
  }

  private void flush() {
    AccumulatorTable<K, AccumT> table = accumulators.first();
    while (table != null) {
      while (table.first() < table.end()) {
        emitFirst(table);
      }
      accumulators.close(table);
      table = accumulators.first();
    }
    entries = 0;
    latest = null;
    size.reset();
  }

  private void emitFirst(AccumulatorTable<K, AccumT> table) {
    int entry = table.first();
    int keyHash = table.hash(entry);
    long timestampMs = timestamps == null ? table.endMs() : table.timestampMs(entry);
    KV<K, AccumT> combined = KV.of(table.key(entry), compacted(table.accumulator(entry)));
    table.release();
    output.receiveKeyed(combined, keyHash, true, timestampMs, table.windows(), PaneInfo.NO_FIRING);
  }

  private AccumT compacted(AccumT accumulator) {
    MetricsContainer outer = metricsEnvironment.activate(context.metrics());
    try {
      return fn.compact(accumulator);
    } catch (Throwable e) {
      throw context.blame().of(e);
    } finally {
      metricsEnvironment.activate(outer);
    }
  }

  @Override
  public void advanceWatermark(long inputWatermarkMs) {
    watermarkMs = inputWatermarkMs;
  }

  @Override
  public Activity activity(Activity input) {
    return entries > 0 ? Activity.ACTIVE : input;
  }

  @Override
  public long outputWatermarkMs() {
    if (entries == 0) {
      outputWatermarkMs = watermarkMs;
    }
    return outputWatermarkMs;
  }
}
