package dev.sluice.state.keyed;

import dev.sluice.state.StateFixture;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.StateMemory;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateInternalsTest;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/**
 * Beam's own tests of a runner's state, on ours, with each element of a collection in the store.
 */
@RunWith(JUnit4.class)
public class BeamStateInternalsInStoreTest extends StateInternalsTest {
  @Override
  protected StateInternals createStateInternals() {
    StateFixture fixture =
        new StateFixture(null, new StateMemory(1, HeapGauge.NONE), new PartLimits(0, 0, 0));
    fixture.select("key");
    return new InWindows(fixture.state.stateInternals());
  }

  /** Has the namespaces of the tests, which have no coder, stand for windows, which have. */
  private record InWindows(StateInternals state) implements StateInternals {
    @Override
    public Object getKey() {
      return state.getKey();
    }

    @Override
    public <T extends State> T state(
        StateNamespace namespace, StateTag<T> address, StateContext<?> context) {
      Instant start = Instant.ofEpochMilli(namespace.stringKey().hashCode());
      return state.state(
          StateNamespaces.window(
              IntervalWindow.getCoder(), new IntervalWindow(start, Duration.millis(1))),
          address,
          context);
    }
  }
}
