package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/** Opening composites, and refusing what cannot be run. */
class PrimitivesTest {

  private final ProtoPipeline p = new ProtoPipeline();

  private List<String> ids() {
    return Primitives.of(p.build()).stream().map(Primitive::id).toList();
  }

  private void change(String transform, RunnerApi.PTransform.Builder changed) {
    p.components().putTransforms(transform, changed.build());
  }

  private RunnerApi.PTransform.Builder transform(String id) {
    return p.components().getTransformsOrThrow(id).toBuilder();
  }

  @Test
  void transformsAreInTheOrderOfThePipelineAsFarAsItIsTopological() {
    String a = p.parDo("a", p.impulse("z"));
    p.parDo("m", a);
    p.parDo("b", a);
    RunnerApi.Pipeline.Builder backwards = p.build().toBuilder().clearRootTransformIds();
    List.of("b", "m", "a", "z").forEach(backwards::addRootTransformIds);

    assertThat(ids()).containsExactly("z", "a", "m", "b");
    assertThat(Primitives.of(backwards.build()).stream().map(Primitive::id))
        .containsExactly("z", "a", "b", "m");
  }

  @Test
  void anUnknownPrimitiveIsRefusedByItsFullName() {
    String read = p.read("read");
    p.transform("Lake/Write rows/Sink", "beam:transform:exotic:v1", ByteString.EMPTY, "", read);

    UnsupportedTransformException refused =
        catchThrowableOfType(UnsupportedTransformException.class, p::translate);

    assertThat(refused.transformName()).isEqualTo("Lake/Write rows/Sink");
    assertThat(refused.urn()).isEqualTo("beam:transform:exotic:v1");
    assertThat(refused)
        .hasMessage(
            "Transform 'Lake/Write rows/Sink' (URN beam:transform:exotic:v1) is a primitive that"
                + " Sluice does not know. Replace it by a composite of standard transforms, such"
                + " as a (splittable) ParDo on an Impulse, before the pipeline is run.");
  }

  @Test
  void anUnknownSinkIsRefusedToo() {
    String read = p.read("read");
    p.transform("sink", "beam:transform:exotic_write:v1", ByteString.EMPTY, "", read);
    change("sink", transform("sink").clearOutputs());

    assertThatThrownBy(this::ids).isInstanceOf(UnsupportedTransformException.class);
  }

  @Test
  void compositesThatDoNothingAreDropped() {
    String read = p.read("read");
    p.transform("identity", "", ByteString.EMPTY, "", read);
    change("identity", transform("identity").putOutputs("out", read));
    p.transform("ignore", "", ByteString.EMPTY, "", read);
    change("ignore", transform("ignore").clearOutputs());

    assertThat(ids()).containsExactly("read");
  }

  @Test
  void aViewIsTheCollectionItIsMadeOf() {
    String read = p.read("read");
    String view = p.transform("view", Urns.CREATE_VIEW, ByteString.EMPTY, "", read);
    p.parDo("look", p.impulse("impulse"), view);

    assertThat(ids()).containsExactly("read", "impulse", "look");
    assertThat(Primitives.of(p.build()).get(2).sideInputs()).containsOnly(Map.entry("side0", read));
  }

  @Test
  void aCombineWithSideInputsIsItsExpansion() {
    String read = p.read("read");
    String side = p.impulse("side");
    p.combine("sum", read);
    p.groupByKey("sum/group", read);
    p.parDo("sum/extract", "sum/group.out", side);
    change(
        "sum",
        transform("sum")
            .putInputs("side", side)
            .addSubtransforms("sum/group")
            .addSubtransforms("sum/extract")
            .putOutputs("out", "sum/extract.out"));
    RunnerApi.Pipeline.Builder pipeline = p.build().toBuilder().clearRootTransformIds();
    List.of("read", "side", "sum").forEach(pipeline::addRootTransformIds);

    assertThat(Primitives.of(pipeline.build()).stream().map(Primitive::id))
        .containsExactly("read", "side", "sum/group", "sum/extract");
  }

  @Test
  void groupingNeedsAKvCoder() {
    p.groupByKey("group", p.read("read"));
    p.components()
        .putPcollections(
            "read.out",
            p.components().getPcollectionsOrThrow("read.out").toBuilder()
                .setCoderId("bytes")
                .build());

    assertThatThrownBy(p::translate)
        .isInstanceOf(UnsupportedTransformException.class)
        .hasMessageContaining("'group'")
        .hasMessageContaining("coder 'bytes', which is not a KV coder");
  }

  @Test
  void stateInWindowsThatStillMergeIsRefused() {
    assertThatThrownBy(() -> RealPipelines.graphOf(ShapingPipelines::stateInSessions))
        .isInstanceOf(UnsupportedTransformException.class)
        .hasMessageContaining("'Count/ParMultiDo(Count)'")
        .hasMessageContaining("windows of its input still merge")
        .hasMessageContaining("Apply a GroupByKey before it");
    assertThat(RealPipelines.graphOf(ShapingPipelines::stateInGroupedSessions).stages())
        .isNotEmpty();
  }

  @Test
  void anEmptyPipelineIsAnEmptyGraph() {
    JobGraph graph = p.translate();

    assertThat(graph.stages()).isEmpty();
    assertThat(ExplainPlan.text(graph)).isEqualTo("0 stages, 0 exchanges, bounded\n");
  }

  @Test
  void malformedPipelinesAreNamed() {
    p.parDo("orphan", "nowhere.out");
    assertThatThrownBy(this::ids)
        .hasMessageContaining("'nowhere.out', an input of transform 'orphan'");
  }

  @Test
  void aCycleIsNamed() {
    p.parDo("a", "b.out");
    p.parDo("b", "a.out");
    assertThatThrownBy(this::ids).hasMessageContaining("cycle");
  }

  @Test
  void aCollectionWithTwoProducersIsNamed() {
    p.read("a");
    p.read("b");
    change("b", transform("b").putOutputs("out", "a.out"));
    assertThatThrownBy(this::ids)
        .hasMessageContaining("'a.out' is made by two transforms, 'a' and 'b'");
  }

  @Test
  void aBrokenPayloadIsNamed() {
    p.transform(
        "broken",
        PTransformTranslation.PAR_DO_TRANSFORM_URN,
        ByteString.copyFromUtf8("no proto"),
        "",
        p.read("read"));
    assertThatThrownBy(this::ids).hasMessageContaining("payload of transform 'broken'");
  }
}
