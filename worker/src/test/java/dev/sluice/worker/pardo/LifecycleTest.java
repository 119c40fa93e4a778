package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sluice.worker.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The order in which a DoFn's methods are called, and that teardown is called exactly once. */
class LifecycleTest {
  private static final List<String> CALLS = new ArrayList<>();

  /** Writes down its calls and throws in one of them. */
  static final class Recording extends DoFn<String, String> {
    private final String throwIn;

    Recording(String throwIn) {
      this.throwIn = throwIn;
    }

    private void called(String method) {
      CALLS.add(method);
      if (method.equals(throwIn)) {
        throw new IllegalStateException(method);
      }
    }

    @Setup
    public void setup() {
      called("setup");
    }

    @StartBundle
    public void start() {
      called("start");
    }

    @ProcessElement
    public void process() {
      called("process");
    }

    @FinishBundle
    public void finish() {
      called("finish");
    }

    @Teardown
    public void teardown() {
      called("teardown");
    }
  }

  @BeforeEach
  void forgetCalls() {
    CALLS.clear();
  }

  private static ParDoHarness harness(String throwIn) {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of("x")).apply("fn", ParDo.of(new Recording(throwIn)));
    return ParDoHarness.notOpen(pipeline, "fn", ParDoHarness.newState(), Map.of());
  }

  @Test
  void callsInOrder() {
    ParDoHarness harness = harness("");
    harness.operator.open();
    harness.element("a", 0).element("b", 0);
    harness.close();
    assertEquals(
        List.of("setup", "start", "process", "finish", "start", "process", "finish", "teardown"),
        CALLS);
  }

  @Test
  void tearsDownOnceAfterSetupThrew() {
    ParDoHarness harness = harness("setup");
    assertThrows(TransformException.class, harness.operator::open);
    harness.close();
    assertEquals(List.of("setup", "teardown"), CALLS);
  }

  @Test
  void tearsDownOnceAfterAnyOtherThrew() {
    for (String method : List.of("start", "process", "finish")) {
      CALLS.clear();
      ParDoHarness harness = harness(method);
      harness.operator.open();
      assertThrows(TransformException.class, () -> harness.element("a", 0));
      harness.close();
      assertEquals("teardown", CALLS.get(CALLS.size() - 1));
      assertEquals(1, CALLS.stream().filter("teardown"::equals).count());
    }
  }

  @Test
  void doesNotTearDownWhatWasNeverSetUp() {
    harness("").close();
    assertEquals(List.of(), CALLS);
  }
}
