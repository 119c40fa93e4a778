package dev.sluice.worker.stage;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;

/** Options that make a job slower and find mistakes in its DoFns. */
public interface DebugOptions extends PipelineOptions {

  // Not enforceImmutability: the DirectRunner's option of that name is on by default, and Beam
  // refuses to have two defaults for one name on one class path.
  /**
   * Whether a DoFn that changes an element that it was given or has emitted, or what it read from
   * its state without writing it back, fails the job.
   */
  @Description(
      "Fail the job when a DoFn changes its input element or an element that it has emitted, which"
          + " Beam forbids, or changes what it read from its state without writing it back. Encodes"
          + " every element several times.")
  @Default.Boolean(false)
  boolean isCheckImmutability();

  void setCheckImmutability(boolean value);

  // Not enforceEncodability, for the same reason.
  /**
   * Whether each element goes through the coder of its PCollection, so that a coder that fails or
   * loses something is found.
   */
  @Description(
      "Encode and decode each element of each PCollection with its coder, which otherwise happens"
          + " only where an element is stored or sent: finds coders that fail or lose something.")
  @Default.Boolean(false)
  boolean isCheckEncodability();

  void setCheckEncodability(boolean value);
}
