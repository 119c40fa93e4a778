package dev.sluice.worker.pardo;

import dev.sluice.worker.stage.PipelineComponents;
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
      String transformId, RunnerApi.ParDoPayload payload, PipelineComponents components) {
    if (payload.getRequiresStableInput()) {
      return true;
    }
    String writeFiles = components.composites().enclosing(transformId, WRITE_FILES);
    return writeFiles != null
        && components.transform(transformId).getInputsMap().values().stream()
            .anyMatch(input -> isReshuffled(input, writeFiles, components));
  }

  private static boolean isReshuffled(
      String collection, String within, PipelineComponents components) {
    return components.composites().makersOf(collection).stream()
        .filter(maker -> components.transform(maker).getSpec().getUrn().equals(RESHUFFLE))
        .anyMatch(maker -> within.equals(components.composites().enclosing(maker, WRITE_FILES)));
  }
}
