package dev.sluice.translation;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.ModelCoders;

/** Looks at coders as protos; pure functions. */
final class Coders {
  private Coders() {}

  private static final String MODEL_PREFIX = "beam:coder:";
  private static final String JAVA = "beam:coders:javasdk:0.1";

  static boolean isKv(RunnerApi.Coder coder) {
    return coder.getSpec().getUrn().equals(ModelCoders.KV_CODER_URN);
  }

  /** What {@code coderId} encodes, for a person: {@code kv<string_utf8, varint>}. */
  static String describe(String coderId, RunnerApi.Components components) {
    RunnerApi.Coder coder = components.getCodersOrThrow(coderId);
    String name = nameOf(coder.getSpec());
    List<String> parts = coder.getComponentCoderIdsList();
    return parts.isEmpty()
        ? name
        : parts.stream()
            .map(part -> describe(part, components))
            .collect(Collectors.joining(", ", name + "<", ">"));
  }

  /** The key's part of {@link #describe} for a coder of pairs. */
  static String describeKey(String kvCoderId, RunnerApi.Components components) {
    return describe(components.getCodersOrThrow(kvCoderId).getComponentCoderIds(0), components);
  }

  private static String nameOf(RunnerApi.FunctionSpec spec) {
    String urn = spec.getUrn();
    if (urn.equals(JAVA)) {
      return javaNameOf(spec);
    }
    if (!urn.startsWith(MODEL_PREFIX)) {
      return urn;
    }
    int version = urn.lastIndexOf(':');
    return urn.substring(MODEL_PREFIX.length(), Math.max(version, MODEL_PREFIX.length()));
  }

  /** The class of a Java coder; the plan of a job must be shown even where that class is not. */
  private static String javaNameOf(RunnerApi.FunctionSpec spec) {
    return SerializedJava.className(spec.getPayload().toByteArray())
        .map(name -> name.substring(name.lastIndexOf('.') + 1))
        .orElse("a Java coder");
  }
}
