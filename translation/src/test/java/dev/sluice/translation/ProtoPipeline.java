package dev.sluice.translation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * Writes pipeline protos by hand, for tests of graphs that no SDK needs to have made.
 *
 * <p>Each method adds a transform and returns the id of the PCollection it makes, which is the
 * transform's name with {@code .out}. Every PCollection is of pairs, in the global window with the
 * default trigger.
 */
final class ProtoPipeline {

  static final String JAVA = "java";
  static final String PYTHON = "python";

  private final RunnerApi.Pipeline.Builder pipeline = RunnerApi.Pipeline.newBuilder();
  private final RunnerApi.Components.Builder components = pipeline.getComponentsBuilder();

  ProtoPipeline() {
    coder("bytes", ModelCoders.BYTES_CODER_URN);
    coder("varint", ModelCoders.INT64_CODER_URN);
    coder("kv", ModelCoders.KV_CODER_URN, "bytes", "varint");
    components.putWindowingStrategies("global", windowing().build());
    components.putEnvironments(JAVA, environment(JAVA));
    components.putEnvironments(PYTHON, environment(PYTHON));
  }

  static RunnerApi.WindowingStrategy.Builder windowing() {
    return RunnerApi.WindowingStrategy.newBuilder()
        .setMergeStatus(RunnerApi.MergeStatus.Enum.NON_MERGING)
        .setTrigger(
            RunnerApi.Trigger.newBuilder()
                .setDefault(RunnerApi.Trigger.Default.getDefaultInstance()));
  }

  private static RunnerApi.Environment environment(String language) {
    return RunnerApi.Environment.newBuilder().setUrn("beam:env:" + language + ":v1").build();
  }

  private void coder(String id, String urn, String... parts) {
    components.putCoders(
        id,
        RunnerApi.Coder.newBuilder()
            .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(urn))
            .addAllComponentCoderIds(List.of(parts))
            .build());
  }

  RunnerApi.Components.Builder components() {
    return components;
  }

  RunnerApi.Pipeline build() {
    return pipeline.build();
  }

  JobGraph translate() {
    return JobGraphs.translate(build(), false);
  }

  String impulse(String name) {
    return transform(name, PTransformTranslation.IMPULSE_TRANSFORM_URN, ByteString.EMPTY, "");
  }

  String read(String name) {
    RunnerApi.ReadPayload payload =
        RunnerApi.ReadPayload.newBuilder().setIsBounded(RunnerApi.IsBounded.Enum.BOUNDED).build();
    return transform(name, Urns.READ, payload.toByteString(), "");
  }

  String parDo(String name, String input, String... sideInputs) {
    return parDoIn(JAVA, name, input, UnaryOperator.identity(), sideInputs);
  }

  String stateful(String name, String input, String... sideInputs) {
    return parDoIn(
        JAVA,
        name,
        input,
        p -> p.putStateSpecs("count", RunnerApi.StateSpec.getDefaultInstance()),
        sideInputs);
  }

  String splittable(String name, String input) {
    return parDoIn(JAVA, name, input, p -> p.setRestrictionCoderId("bytes"));
  }

  String parDoIn(
      String environment,
      String name,
      String input,
      UnaryOperator<RunnerApi.ParDoPayload.Builder> change,
      String... sideInputs) {
    Map<String, String> inputs = new LinkedHashMap<>();
    inputs.put("main", input);
    RunnerApi.ParDoPayload.Builder payload = change.apply(RunnerApi.ParDoPayload.newBuilder());
    for (int i = 0; i < sideInputs.length; i++) {
      inputs.put("side" + i, sideInputs[i]);
      payload.putSideInputs("side" + i, RunnerApi.SideInput.getDefaultInstance());
    }
    return transform(
        name,
        PTransformTranslation.PAR_DO_TRANSFORM_URN,
        payload.build().toByteString(),
        environment,
        inputs);
  }

  String groupByKey(String name, String input) {
    return transform(
        name, PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN, ByteString.EMPTY, "", input);
  }

  String combine(String name, String input) {
    return combineIn(JAVA, name, input);
  }

  String combineIn(String environment, String name, String input) {
    RunnerApi.CombinePayload payload =
        RunnerApi.CombinePayload.newBuilder().setAccumulatorCoderId("varint").build();
    return transform(
        name,
        PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN,
        payload.toByteString(),
        environment,
        input);
  }

  String reshuffle(String name, String input) {
    return transform(name, PTransformTranslation.RESHUFFLE_URN, ByteString.EMPTY, "", input);
  }

  String window(String name, String input) {
    return transform(
        name, PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN, ByteString.EMPTY, JAVA, input);
  }

  String flatten(String name, String... inputs) {
    return transform(
        name, PTransformTranslation.FLATTEN_TRANSFORM_URN, ByteString.EMPTY, "", inputs);
  }

  String transform(
      String name, String urn, ByteString payload, String environment, String... inputs) {
    Map<String, String> named = new LinkedHashMap<>();
    for (int i = 0; i < inputs.length; i++) {
      named.put("in" + i, inputs[i]);
    }
    return transform(name, urn, payload, environment, named);
  }

  private String transform(
      String name, String urn, ByteString payload, String environment, Map<String, String> inputs) {
    String output = name + ".out";
    components.putPcollections(
        output,
        RunnerApi.PCollection.newBuilder()
            .setUniqueName(output)
            .setCoderId("kv")
            .setWindowingStrategyId("global")
            .setIsBounded(RunnerApi.IsBounded.Enum.BOUNDED)
            .build());
    pipeline.addRootTransformIds(name);
    components.putTransforms(
        name,
        RunnerApi.PTransform.newBuilder()
            .setUniqueName(name)
            .setSpec(RunnerApi.FunctionSpec.newBuilder().setUrn(urn).setPayload(payload))
            .setEnvironmentId(environment)
            .putAllInputs(inputs)
            .putOutputs("out", output)
            .build());
    return output;
  }
}
