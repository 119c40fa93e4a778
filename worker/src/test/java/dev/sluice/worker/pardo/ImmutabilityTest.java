package dev.sluice.worker.pardo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.stage.DebugOptions;
import dev.sluice.worker.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.junit.jupiter.api.Test;

/** DoFns that change what they must not: found when asked for, and free when not. */
class ImmutabilityTest {

  private static ParDoHarness harness(DoFn<List<Integer>, List<Integer>> fn, boolean enforced)
      throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.getOptions().as(DebugOptions.class).setCheckImmutability(enforced);
    pipeline
        .apply(Create.of(List.of(1)).withCoder(VarIntCoder.of()))
        .apply("list", ParDo.of(new ToList()))
        .setCoder(ListCoder.of(VarIntCoder.of()))
        .apply("fn", ParDo.of(fn))
        .setCoder(ListCoder.of(VarIntCoder.of()));
    return ParDoHarness.open(pipeline, "fn");
  }

  private static List<Integer> list(Integer... numbers) {
    return new ArrayList<>(List.of(numbers));
  }

  private static final class ToList extends DoFn<Integer, List<Integer>> {
    @ProcessElement
    public void process(@Element Integer n, OutputReceiver<List<Integer>> out) {
      out.output(list(n));
    }
  }

  /** Adds to its input. */
  private static final class ChangesInput extends DoFn<List<Integer>, List<Integer>> {
    @ProcessElement
    public void process(@Element List<Integer> in, OutputReceiver<List<Integer>> out) {
      in.add(99);
      out.output(list(1));
    }
  }

  @Test
  void namesTheTransformThatChangedItsInput() throws Exception {
    List<Integer> element = list(4, 5);
    try (ParDoHarness harness = harness(new ChangesInput(), true)) {
      assertThatThrownBy(() -> harness.element(element, 0))
          .isInstanceOf(TransformException.class)
          .hasMessageContaining("'fn")
          .hasMessageContaining("its input element")
          .hasMessageContaining("from [4, 5] to [4, 5, 99]")
          .hasCauseInstanceOf(IllegalMutationException.class);
    }
    assertThat(element).as("what others share").containsExactly(4, 5);
  }

  /** Adds to what it has emitted, within the same call. */
  private static final class ChangesOutput extends DoFn<List<Integer>, List<Integer>> {
    @ProcessElement
    public void process(@Element List<Integer> in, OutputReceiver<List<Integer>> out) {
      List<Integer> made = new ArrayList<>(in);
      out.output(made);
      made.add(99);
    }
  }

  @Test
  void namesTheTransformThatChangedItsOutput() throws Exception {
    try (ParDoHarness harness = harness(new ChangesOutput(), true)) {
      assertThatThrownBy(() -> harness.element(list(4), 0))
          .isInstanceOf(TransformException.class)
          .hasMessageContaining("'fn")
          .hasMessageContaining("an element that it had emitted")
          .hasMessageContaining("from [4] to [4, 99]");
    }
  }

  /** Fills and emits one object again and again. */
  private static final class ReusesOutput extends DoFn<List<Integer>, List<Integer>> {
    private final List<Integer> reused = new ArrayList<>();

    @ProcessElement
    public void process(@Element List<Integer> in, OutputReceiver<List<Integer>> out) {
      reused.clear();
      reused.addAll(in);
      out.output(reused);
    }
  }

  @Test
  void findsAnOutputThatALaterCallOfTheBundleChanged() throws Exception {
    try (ParDoHarness harness = harness(new ReusesOutput(), true)) {
      harness.operator.startBundle();
      harness.receive(list(1)).receive(list(2));
      assertThatThrownBy(harness.operator::finishBundle)
          .isInstanceOf(TransformException.class)
          .hasMessageContaining("from [1] to [2]");
      assertThat(harness.values()).containsExactly(list(1), list(2));
    }
  }

  @Test
  void looksAtNothingWhenOff() throws Exception {
    for (DoFn<List<Integer>, List<Integer>> fn :
        List.of(new ChangesInput(), new ChangesOutput(), new ReusesOutput())) {
      List<Integer> element = list(1);
      try (ParDoHarness harness = harness(fn, false)) {
        harness.element(element, 0).element(element, 0);
        assertThat(harness.outputs).hasSize(2);
      }
    }
  }

  /** Changes nothing, and fails where it is told to. */
  private static final class Copies extends DoFn<List<Integer>, List<Integer>> {
    @ProcessElement
    public void process(@Element List<Integer> in, OutputReceiver<List<Integer>> out) {
      if (in.isEmpty()) {
        throw new IllegalArgumentException("nothing in it");
      }
      out.output(new ArrayList<>(in));
      out.output(in);
    }
  }

  @Test
  void leavesOthersAlone() throws Exception {
    try (ParDoHarness harness = harness(new Copies(), true)) {
      harness.element(list(1), 0);
      assertThat(harness.values()).containsExactly(list(1), list(1));
      assertThatThrownBy(() -> harness.element(list(), 0))
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("nothing in it");
    }
  }
}
