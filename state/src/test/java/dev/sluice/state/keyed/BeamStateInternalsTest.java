package dev.sluice.state.keyed;

import dev.sluice.state.StateFixture;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateInternalsTest;
import org.junit.runner.RunWith;
import org.junit.runners.JUnit4;

/** Beam's own tests of a runner's state, on ours. */
@RunWith(JUnit4.class)
public class BeamStateInternalsTest extends StateInternalsTest {
  @Override
  protected StateInternals createStateInternals() {
    StateFixture fixture = new StateFixture();
    fixture.select("key");
    return fixture.state.stateInternals();
  }
}
