package dev.sluice.worker.pardo;

import java.util.List;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Options about the state that DoFns declare. */
public interface StateOptions extends PipelineOptions {

  /** How long states live that were not written again, each as id=time, such as seen=10m. */
  @Description(
      "How long a state lives after it was written last, in processing time: the id of the state,"
          + " or a transform's name, a slash and the id, then = and the time with its unit (ms, s,"
          + " m, h, d). Several are separated by commas: --stateTtl=seen=10m,Sessions/last=1h."
          + " Default: as long as its window.")
  @Nullable List<String> getStateTtl();

  /** Sets {@link #getStateTtl}. */
  void setStateTtl(@Nullable List<String> stateTtl);
}
