package dev.sluice.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.util.common.ReflectHelpers;

/** Pipeline options as a job's program has them. Pure functions. */
final class JobOptions {
  private JobOptions() {}

  /**
   * The options that {@code json} are, with the modules that the context class loader knows: called
   * where user code runs.
   */
  static PipelineOptions read(String json) {
    ObjectMapper mapper =
        new ObjectMapper()
            .registerModules(ObjectMapper.findModules(ReflectHelpers.findClassLoader()));
    try {
      return mapper.readValue(json, PipelineOptions.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "the options of the job cannot be read: " + e.getMessage(), e);
    }
  }
}
