package dev.sluice.protocol;

import java.util.List;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What a job runs.
 *
 * @param pipeline as the SDK made it
 * @param streaming whether it was asked to be treated as one with unbounded input
 * @param optionsJson the pipeline's options, as Beam writes them in JSON
 * @param code the content hashes of the files in which the user's classes are; empty if the process
 *     that reads this has them anyway
 */
public record Program(
    RunnerApi.Pipeline pipeline, boolean streaming, String optionsJson, List<String> code) {
  public Program {
    code = List.copyOf(code);
  }

  /** The pipeline and the options would fill pages. */
  @Override
  public String toString() {
    return "Program[%,d transforms]".formatted(pipeline.getComponents().getTransformsMap().size());
  }
}
