package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.Latest;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.POutput;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** The combine of a singleton that changes takes its newest value, and no other combine does. */
class SingletonCombineTest {
  private static final Trigger OFTEN = Repeatedly.forever(AfterPane.elementCountAtLeast(1));

  private static void view(
      Pipeline p, Trigger trigger, PTransform<PCollection<Long>, ? extends POutput> view) {
    p.apply(Create.of(1L))
        .apply(
            Window.<Long>into(new GlobalWindows())
                .triggering(trigger)
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes())
        .apply("view", view);
  }

  /** How the combines of a pipeline come to their results, in the order of the graph. */
  private static List<Node.Combining> combining(RunnerApi.Pipeline pipeline) {
    return JobGraphs.translate(pipeline, false).stages().stream()
        .flatMap(stage -> stage.nodes().stream())
        .filter(Node.CombinePerKey.class::isInstance)
        .map(node -> ((Node.CombinePerKey) node).combining())
        .toList();
  }

  private static List<Node.Combining> of(
      Trigger trigger, PTransform<PCollection<Long>, ? extends POutput> view) {
    return combining(RealPipelines.protoOf(p -> view(p, trigger, view)));
  }

  @Test
  void aSingletonWhoseTriggerFiresEarlyIsItsNewestValue() {
    assertThat(of(OFTEN, View.asSingleton())).containsExactly(Node.Combining.NEWEST);
    assertThat(of(OFTEN, View.<Long>asSingleton().withDefaultValue(7L)))
        .containsExactly(Node.Combining.NEWEST);
  }

  @Test
  void aSingletonThatWaitsForTheEndOfItsWindowRefusesASecondValue() {
    for (Trigger trigger : List.of(DefaultTrigger.of(), AfterWatermark.pastEndOfWindow())) {
      assertThat(of(trigger, View.asSingleton())).containsExactly(Node.Combining.LIFTED);
    }
  }

  @Test
  void theUsersOwnCombinesStayWhatTheyAre() {
    assertThat(of(OFTEN, Combine.globally(Sum.ofLongs()).asSingletonView()))
        .containsExactly(Node.Combining.LIFTED);
    assertThat(of(OFTEN, Latest.globally())).containsExactly(Node.Combining.LIFTED);
  }

  @Test
  void aFunctionOfAnotherSdkIsNotTakenForIt() {
    RunnerApi.Pipeline.Builder pipeline =
        RealPipelines.protoOf(p -> view(p, OFTEN, View.asSingleton())).toBuilder();
    pipeline
        .getComponents()
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              if (transform.getSpec().getUrn().equals("beam:transform:combine_per_key:v1")) {
                pipeline.getComponentsBuilder().putTransforms(id, foreign(transform));
              }
            });
    assertThat(combining(pipeline.build())).containsExactly(Node.Combining.LIFTED);
  }

  private static RunnerApi.PTransform foreign(RunnerApi.PTransform combine) {
    RunnerApi.CombinePayload.Builder payload = Payloads.combine(combine).toBuilder();
    payload.getCombineFnBuilder().setUrn("beam:combinefn:pickled_python:v1");
    RunnerApi.PTransform.Builder changed = combine.toBuilder();
    changed.getSpecBuilder().setPayload(payload.build().toByteString());
    return changed.build();
  }
}
