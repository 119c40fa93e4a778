package dev.sluice.worker.pardo;

import dev.sluice.translation.Node;
import dev.sluice.translation.SideInput;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.TransformException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.DoFnSchemaInformation;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature;
import org.apache.beam.sdk.transforms.reflect.DoFnSignatures;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.DoFnWithExecutionInformation;
import org.apache.beam.sdk.util.construction.ParDoTranslation;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.WindowingStrategy;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.InvalidProtocolBufferException;

/**
 * One ParDo as read from its payload: the user's function, a copy of its own, and what the pipeline
 * says about its inputs and outputs.
 *
 * <p>Made once when the operator is made and not changed after; belongs to one task.
 *
 * @param transformName the full name the user knows it by
 * @param fn the user's function, deserialised for this task alone
 * @param signature what Beam found out about the function's methods
 * @param schema how elements become the rows or fields the function asks for
 * @param mainTag id of the main output
 * @param outputs PCollection ids of all declared outputs by tag id, whether consumed or not
 * @param views the views that {@code @SideInput} parameters name
 * @param sideInputs the side inputs with the part of the payload that describes them
 * @param inputCoder coder of the main input's elements
 * @param windowing windowing of the main input
 * @param restrictionCoderId coder of restriction and estimator state; empty unless splittable
 * @param stableInput whether elements are delivered only once a checkpoint contains them
 */
record ParDoSpec(
    String transformName,
    DoFn<Object, Object> fn,
    DoFnSignature signature,
    DoFnSchemaInformation schema,
    String mainTag,
    Map<String, String> outputs,
    Map<String, PCollectionView<?>> views,
    List<SideInputSpec> sideInputs,
    Coder<Object> inputCoder,
    WindowingStrategy<?, ?> windowing,
    String restrictionCoderId,
    boolean stableInput) {

  /** A side input's wiring together with its view. */
  record SideInputSpec(SideInput wiring, RunnerApi.SideInput view) {}

  static ParDoSpec of(String transformName, Node.ParDo node, PipelineComponents components) {
    RunnerApi.PTransform transform = components.transform(node.transformId());
    RunnerApi.ParDoPayload payload = payload(transformName, transform);
    DoFnWithExecutionInformation information = information(transformName, payload);
    @SuppressWarnings("unchecked")
    DoFn<Object, Object> fn = (DoFn<Object, Object>) information.getDoFn();
    List<SideInputSpec> sideInputs = new ArrayList<>();
    for (SideInput wiring : node.sideInputs()) {
      sideInputs.add(new SideInputSpec(wiring, payload.getSideInputsOrThrow(wiring.localName())));
    }
    return new ParDoSpec(
        transformName,
        fn,
        DoFnSignatures.signatureForDoFn(fn),
        information.getSchemaInformation(),
        information.getMainOutputTag().getId(),
        new LinkedHashMap<>(transform.getOutputsMap()),
        information.getSideInputMapping(),
        sideInputs,
        components.elementCoder(node.input()),
        components.windowing(node.input()),
        payload.getRestrictionCoderId(),
        StableInputRule.applies(node.transformId(), payload, components));
  }

  /** Coder of the main input's windows. */
  @SuppressWarnings("unchecked")
  Coder<BoundedWindow> windowCoder() {
    return (Coder<BoundedWindow>) windowing.getWindowFn().windowCoder();
  }

  private static DoFnWithExecutionInformation information(
      String transformName, RunnerApi.ParDoPayload payload) {
    try {
      return ParDoTranslation.doFnWithExecutionInformationFromProto(payload.getDoFn());
    } catch (Throwable e) {
      throw new TransformException(transformName, e);
    }
  }

  private static RunnerApi.ParDoPayload payload(
      String transformName, RunnerApi.PTransform transform) {
    try {
      return RunnerApi.ParDoPayload.parseFrom(transform.getSpec().getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException(
          "transform '" + transformName + "' has a payload that is not a ParDo's", e);
    }
  }
}
