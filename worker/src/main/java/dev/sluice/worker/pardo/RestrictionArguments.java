package dev.sluice.worker.pardo;

import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFn.OutputReceiver;
import org.apache.beam.sdk.transforms.reflect.DoFnInvoker;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.joda.time.Instant;

/**
 * The arguments of a splittable DoFn's methods that deal with restrictions rather than outputs:
 * they split, measure and make trackers and estimators.
 *
 * <p>Made for one call. Element, time, window and side inputs are those of the {@link
 * DoFnArguments} whose call has begun.
 */
final class RestrictionArguments extends DoFnInvoker.BaseArgumentProvider<Object, Object> {
  private final UserFn userFn;
  private final DoFnArguments arguments;
  private final Object restriction;
  private final Object estimatorState;
  private final OutputReceiver<Object> splits;

  RestrictionArguments(
      UserFn userFn, Object restriction, Object estimatorState, OutputReceiver<Object> splits) {
    this.userFn = userFn;
    this.arguments = userFn.arguments();
    this.restriction = restriction;
    this.estimatorState = estimatorState;
    this.splits = splits;
  }

  @Override
  public Object restriction() {
    return restriction;
  }

  @Override
  public Object watermarkEstimatorState() {
    return estimatorState;
  }

  @Override
  public RestrictionTracker<?, ?> restrictionTracker() {
    return userFn.invoker().invokeNewTracker(this);
  }

  @Override
  public OutputReceiver<Object> outputReceiver(DoFn<Object, Object> doFn) {
    return splits;
  }

  @Override
  public Object element(DoFn<Object, Object> doFn) {
    return arguments.element(doFn);
  }

  @Override
  public Object schemaElement(int index) {
    return arguments.schemaElement(index);
  }

  @Override
  public Instant timestamp(DoFn<Object, Object> doFn) {
    return arguments.timestamp(doFn);
  }

  @Override
  public BoundedWindow window() {
    return arguments.window();
  }

  @Override
  public PaneInfo paneInfo(DoFn<Object, Object> doFn) {
    return arguments.paneInfo(doFn);
  }

  @Override
  public PipelineOptions pipelineOptions() {
    return arguments.pipelineOptions();
  }

  @Override
  public Object sideInput(String tagId) {
    return arguments.sideInput(tagId);
  }

  @Override
  public String getErrorContext() {
    return arguments.getErrorContext();
  }
}
