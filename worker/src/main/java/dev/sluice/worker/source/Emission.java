package dev.sluice.worker.source;

import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.EndOfTime;
import dev.sluice.worker.stage.OperatorContext;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.beam.sdk.metrics.MetricsContainer;
import org.apache.beam.sdk.metrics.MetricsEnvironment;
import org.apache.beam.sdk.metrics.MetricsEnvironment.MetricsEnvironmentState;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;

/**
 * What all sources do alike: emit into the global window, count metrics under their own step, and
 * blame the transform for what its source throws.
 *
 * <p>Owned by its source's task.
 */
final class Emission {
  private static final Collection<? extends BoundedWindow> GLOBAL = List.of(GlobalWindow.INSTANCE);

  private final OperatorContext context;
  private final Receiver output;
  private MetricsEnvironmentState environment;

  /** Whether there is a bundle, for it was asked for in this call. */
  private boolean begun;

  Emission(OperatorContext context, Receiver output) {
    this.context = context;
    this.output = output;
  }

  /** Emits an element; within {@link #callSource}. */
  void emit(Object value, long timestampMs) {
    EndOfTime.checkElement(timestampMs);
    if (!begun) {
      begun = true;
      context.task().services().openBundle();
    }
    output.receive(value, timestampMs, GLOBAL, PaneInfo.NO_FIRING);
  }

  /** Calls user code of the source under its step's metrics. */
  <T> T callSource(Callable<T> call) {
    MetricsContainer before = enter();
    begun = false;
    context.blame().begin();
    try {
      return call.call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw context.blame().of(e);
    } catch (Throwable e) {
      throw context.blame().of(e);
    } finally {
      leave(before);
    }
  }

  private MetricsContainer enter() {
    if (environment == null) {
      environment = MetricsEnvironment.getMetricsEnvironmentStateForCurrentThread();
    }
    return environment.activate(context.metrics());
  }

  private void leave(MetricsContainer before) {
    environment.activate(before);
  }
}
