package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.BundleSize;
import dev.sluice.worker.stage.OperatorContext;
import org.apache.beam.runners.core.metrics.CounterCell;
import org.apache.beam.sdk.metrics.MetricName;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What the bundles of a DoFn matter to others: how much the open one holds, how far it keeps the
 * watermark back, and how many there were.
 *
 * <p>Owned by one {@link ParDoOperator}. Always true: while a bundle is open at whose end the DoFn
 * may emit, its output watermark stays where it was when the bundle began.
 */
final class DoFnBundles {
  /** Counts the bundles of a DoFn that has a {@code @StartBundle} or a {@code @FinishBundle}. */
  static final MetricName COUNTER = MetricName.named("sluice", "bundles");

  private final boolean emitsAtEnd;
  private final @Nullable BundleSize size;
  private final @Nullable CounterCell counter;
  private boolean open;
  private boolean holds;

  DoFnBundles(OperatorContext context, ParDoSpec spec, UserFn userFn) {
    this.emitsAtEnd = spec.signature().finishBundle() != null;
    boolean looks = emitsAtEnd || spec.signature().startBundle() != null;
    this.size = looks ? new BundleSize(spec.inputCoder(), userFn::given, userFn::last) : null;
    this.counter = looks ? context.metrics().getCounter(COUNTER) : null;
  }

  void start() {
    open = emitsAtEnd;
  }

  void finish() {
    open = false;
    holds = false;
    if (counter != null) {
      counter.inc();
    }
  }

  /**
   * The output watermark.
   *
   * @param beforeMs what it was
   * @param afterMs what it would be if no bundle were open
   */
  long watermarkMs(long beforeMs, long afterMs) {
    holds = open && afterMs > beforeMs;
    return open ? beforeMs : Math.max(beforeMs, afterMs);
  }

  /** Whether a bundle is open at whose end the DoFn may emit. */
  boolean open() {
    return open;
  }

  /** Whether the end of the bundle would advance the watermark. */
  boolean holds() {
    return holds;
  }

  /** What the DoFn was given; null if it has no method for the beginning or end of a bundle. */
  @Nullable BundleSize size() {
    return size;
  }
}
