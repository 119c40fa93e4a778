package dev.sluice.worker.pardo;

import java.util.Collection;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Which transforms get stable input: those that ask for it, and those that Beam's {@code
 * WriteFiles} puts behind a Reshuffle for that very reason, from a time when nobody could ask. Pure
 * functions.
 */
final class StableInputRule {
  private static final String WRITE_FILES = "beam:transform:write_files:v1";
  private static final String RESHUFFLE = "beam:transform:reshuffle:v1";

  private StableInputRule() {}

  static boolean applies(
      String transformId, RunnerApi.ParDoPayload payload, RunnerApi.Components components) {
    if (payload.getRequiresStableInput()) {
      return true;
    }
    String writeFiles = enclosing(transformId, WRITE_FILES, components);
    return writeFiles != null
        && components.getTransformsOrThrow(transformId).getInputsMap().values().stream()
            .anyMatch(input -> isReshuffled(input, writeFiles, components));
  }

  private static boolean isReshuffled(
      String collection, String within, RunnerApi.Components components) {
    for (Map.Entry<String, RunnerApi.PTransform> entry : components.getTransformsMap().entrySet()) {
      RunnerApi.PTransform transform = entry.getValue();
      boolean makesIt = transform.getOutputsMap().containsValue(collection);
      if (makesIt
          && transform.getSpec().getUrn().equals(RESHUFFLE)
          && within.equals(enclosing(entry.getKey(), WRITE_FILES, components))) {
        return true;
      }
    }
    return false;
  }

  /** The innermost composite of this URN around a transform, or null. */
  private static String enclosing(String transformId, String urn, RunnerApi.Components components) {
    String inner = transformId;
    while (true) {
      String parent = parentOf(inner, components);
      if (parent == null) {
        return null;
      }
      if (components.getTransformsOrThrow(parent).getSpec().getUrn().equals(urn)) {
        return parent;
      }
      inner = parent;
    }
  }

  private static String parentOf(String transformId, RunnerApi.Components components) {
    for (Map.Entry<String, RunnerApi.PTransform> entry : components.getTransformsMap().entrySet()) {
      Collection<String> parts = entry.getValue().getSubtransformsList();
      if (parts.contains(transformId)) {
        return entry.getKey();
      }
    }
    return null;
  }
}
