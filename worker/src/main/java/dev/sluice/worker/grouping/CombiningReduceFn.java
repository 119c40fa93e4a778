package dev.sluice.worker.grouping;

import org.apache.beam.runners.core.MergingStateAccessor;
import org.apache.beam.runners.core.StateMerging;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.runners.core.SystemReduceFn;
import org.apache.beam.sdk.state.CombiningState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;

/**
 * Combines what arrives for a key and window, inputs and accumulators mixed.
 *
 * <p>Owned by one {@link GeneralGrouping}, which says by {@link #accumulated} what the values are
 * that it is about to hand over; not a part of the state, for it is set before each use.
 */
final class CombiningReduceFn<K, AccumT, W extends BoundedWindow>
    extends SystemReduceFn<K, Object, AccumT, Object, W> {
  private final StateTag<CombiningState<Object, AccumT, Object>> tag;
  private final boolean newest;
  private boolean accumulated;

  private CombiningReduceFn(StateTag<CombiningState<Object, AccumT, Object>> tag, boolean newest) {
    super(tag);
    this.tag = tag;
    this.newest = newest;
  }

  static <K, AccumT, W extends BoundedWindow> CombiningReduceFn<K, AccumT, W> of(
      Combine<Object, AccumT, Object> combine) {
    return new CombiningReduceFn<>(tag(combine), false);
  }

  /** Gives the newest value, whatever the function would make of several, or of none. */
  static <K, AccumT, W extends BoundedWindow> CombiningReduceFn<K, AccumT, W> newest(
      Combine<Object, AccumT, Object> combine) {
    return new CombiningReduceFn<>(tag(combine.newest()), true);
  }

  private static <AccumT> StateTag<CombiningState<Object, AccumT, Object>> tag(
      Combine<Object, AccumT, Object> combine) {
    return StateTags.makeSystemTagInternal(
        StateTags.combiningValue("buf", combine.accumulatorCoder(), combine.fn()));
  }

  /**
   * The pane at the end of the window is empty if the ones before it took all. The newest value is
   * still the one before then, and there is nothing to give on.
   */
  @Override
  public void onTrigger(OnTriggerContext c) throws Exception {
    if (!newest || !c.state().access(tag).isEmpty().read()) {
      super.onTrigger(c);
    }
  }

  /** Whether the next values are accumulators rather than inputs. */
  void accumulated(boolean value) {
    accumulated = value;
  }

  @Override
  @SuppressWarnings("unchecked")
  public void processValue(ProcessValueContext c) {
    CombiningState<Object, AccumT, Object> state = c.state().access(tag);
    if (accumulated) {
      state.addAccum((AccumT) c.value());
    } else {
      state.add(c.value());
    }
  }

  @Override
  public void prefetchOnMerge(MergingStateAccessor<K, W> state) {
    StateMerging.prefetchCombiningValues(state, tag);
  }

  @Override
  public void onMerge(OnMergeContext c) {
    StateMerging.mergeCombiningValues(c.state(), tag);
  }
}
