package dev.sluice.worker.stage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Which composite each transform of a pipeline is a part of, and which transforms make a
 * PCollection.
 *
 * <p>Immutable; made once for a job and shared by its tasks. Making it looks at every transform
 * once, and no look-up searches.
 */
public final class Composites {
  private final RunnerApi.Components components;
  private final Map<String, String> parents = new HashMap<>();
  private final Map<String, List<String>> makers = new HashMap<>();

  private Composites(RunnerApi.Components components) {
    this.components = components;
    components
        .getTransformsMap()
        .forEach(
            (id, transform) -> {
              transform.getSubtransformsList().forEach(part -> parents.put(part, id));
              transform
                  .getOutputsMap()
                  .values()
                  .forEach(
                      output -> makers.computeIfAbsent(output, o -> new ArrayList<>()).add(id));
            });
  }

  /** The composites of a pipeline. */
  public static Composites of(RunnerApi.Components components) {
    return new Composites(components);
  }

  /** The innermost composite of this URN around a transform, or null. */
  public String enclosing(String transformId, String urn) {
    String outer = parents.get(transformId);
    while (outer != null
        && !components.getTransformsOrThrow(outer).getSpec().getUrn().equals(urn)) {
      outer = parents.get(outer);
    }
    return outer;
  }

  /** The transforms that have a PCollection as output: a primitive and the composites around it. */
  public List<String> makersOf(String collection) {
    return makers.getOrDefault(collection, List.of());
  }
}
