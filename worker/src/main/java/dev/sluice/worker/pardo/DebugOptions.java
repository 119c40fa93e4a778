package dev.sluice.worker.pardo;

import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options that make a job slower and find mistakes in its DoFns. */
public interface DebugOptions extends PipelineOptions {

  // No @Default: the DirectRunner has an option of this name that is on by default, and Beam
  // refuses to have both on one class path. A boolean without one is false.
  /** Whether a DoFn that changes an element that it was given or has emitted fails the job. */
  @Description(
      "Fail the job when a DoFn changes its input element or an element that it has emitted, which"
          + " Beam forbids. Encodes every element several times. Default: false.")
  boolean isEnforceImmutability();

  void setEnforceImmutability(boolean value);
}
