package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Consumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.Watch;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which stages come to an end by themselves. */
class BoundedStagesTest {

  private static List<Boolean> bounded(Consumer<Pipeline> pipeline, boolean streaming) {
    JobGraph graph = JobGraphs.translate(RealPipelines.protoOf(pipeline), streaming);
    return graph.stages().stream().map(stage -> stage.isBounded(graph.components())).toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void allOfAPipelineWithBoundedInputAlsoIfItIsAskedToStream(boolean streaming) {
    assertThat(bounded(AggregatingPipelines::wordCount, streaming)).containsOnly(true);
    assertThat(bounded(ShapingPipelines::textWrite, streaming)).containsOnly(true);
    assertThat(bounded(AggregatingPipelines::combineWithSideInput, streaming)).containsOnly(true);
  }

  @Test
  void noneThatReadsInputWithoutEnd() {
    assertThat(bounded(p -> group(p.apply(GenerateSequence.from(0))), false)).containsOnly(false);
  }

  private static PCollection<KV<Integer, Long>> group(PCollection<Long> numbers) {
    return numbers
        .apply(Window.into(FixedWindows.of(Duration.millis(10))))
        .apply(WithKeys.<Integer, Long>of(1).withKeyType(TypeDescriptors.integers()))
        .apply(Count.perKey());
  }

  @Test
  void noneBehindAFlattenWithInputWithoutEnd() {
    assertThat(
            bounded(
                p ->
                    group(
                        PCollectionList.of(p.apply("bounded", Create.of(1L, 2L)))
                            .and(p.apply("unbounded", GenerateSequence.from(0)))
                            .apply(Flatten.pCollections())),
                false))
        .contains(false)
        .last()
        .isEqualTo(false);
  }

  @Test
  void noneWithADoFnThatReadsOnForEver() {
    assertThat(
            bounded(
                p ->
                    p.apply(Create.of("folder"))
                        .apply(
                            Watch.growthOf(new FindsNothing())
                                .withPollInterval(Duration.millis(10))
                                .withOutputCoder(StringUtf8Coder.of())),
                false))
        .contains(false);
  }

  @Test
  void aSideInputWithoutEndDoesNotCount() {
    assertThat(
            bounded(
                p -> {
                  var view =
                      p.apply(GenerateSequence.from(0))
                          .apply(Window.into(FixedWindows.of(Duration.millis(10))))
                          .apply(View.asIterable());
                  p.apply(Create.of(1L))
                      .apply("reads", ParDo.of(new Nothing()).withSideInputs(view));
                },
                false))
        .contains(true, false);
  }

  private static final class FindsNothing extends Watch.Growth.PollFn<String, String> {
    @Override
    public Watch.Growth.PollResult<String> apply(String element, Context context) {
      return Watch.Growth.PollResult.incomplete(List.of());
    }
  }

  private static final class Nothing extends DoFn<Long, Void> {
    @ProcessElement
    public void process() {}
  }
}
