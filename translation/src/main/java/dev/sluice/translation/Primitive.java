package dev.sluice.translation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * A transform of the pipeline that is executed as a whole, with its inputs told apart.
 *
 * <p>Immutable. Composites that Sluice runs natively (a Combine, a Reshuffle) are primitives here.
 *
 * @param id of the transform in the components
 * @param name the transform's full name
 * @param kind how it is executed
 * @param proto the transform as the SDK wrote it
 * @param inputs PCollection ids that it reads element by element; named twice means read twice
 * @param sideInputs PCollection ids by the local name of the side input
 * @param outputs PCollection ids by local output name
 */
record Primitive(
    String id,
    String name,
    Kind kind,
    RunnerApi.PTransform proto,
    List<String> inputs,
    Map<String, String> sideInputs,
    Map<String, String> outputs) {

  /** How a primitive is executed. */
  enum Kind {
    IMPULSE,
    READ,
    TEST_STREAM,
    FLATTEN,
    ASSIGN_WINDOWS,
    PAR_DO,
    GROUP_BY_KEY,
    COMBINE_PER_KEY,
    REDISTRIBUTE
  }

  Primitive {
    inputs = List.copyOf(inputs);
    sideInputs = Collections.unmodifiableMap(new LinkedHashMap<>(sideInputs));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /** The one PCollection that a transform with one input reads. */
  String input() {
    if (inputs.size() != 1) {
      throw new UnsupportedTransformException(
          name,
          urn(),
          "reads %d PCollections where it must read one: %s".formatted(inputs.size(), inputs),
          "The pipeline is malformed; report it to the SDK that made it.");
    }
    return inputs.get(0);
  }

  /** The one PCollection that a transform with one output makes. */
  String output() {
    if (outputs.size() != 1) {
      throw new UnsupportedTransformException(
          name,
          urn(),
          "makes %d PCollections where it must make one: %s".formatted(outputs.size(), outputs),
          "The pipeline is malformed; report it to the SDK that made it.");
    }
    return outputs.values().iterator().next();
  }

  String urn() {
    return proto.getSpec().getUrn();
  }
}
