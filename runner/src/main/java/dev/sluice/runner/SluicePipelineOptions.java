package dev.sluice.runner;

import com.fasterxml.jackson.annotation.JsonIgnore;
import dev.sluice.worker.pardo.StateOptions;
import dev.sluice.worker.stage.BundleOptions;
import dev.sluice.worker.stage.DebugOptions;
import dev.sluice.worker.stage.SourceOptions;
import java.util.Map;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.StreamingOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Options of {@link SluiceRunner}, beside Beam's own {@code --streaming}, {@code --jobName} and
 * {@code --tempLocation}.
 */
public interface SluicePipelineOptions
    extends StreamingOptions, SourceOptions, BundleOptions, StateOptions, DebugOptions {

  // Flink's runner has an option of this name. Beam refuses every pipeline on whose class path two
  // interfaces declare one option with different types, defaults or Jackson annotations.
  /** Parallel tasks of a stage; -1 means one for each core of the machine. */
  @Description(
      "Parallel tasks of a stage. Default: -1, which means one for each core of the machine.")
  @Default.Integer(-1)
  @Nullable Integer getParallelism();

  /** Sets {@link #getParallelism}. */
  void setParallelism(@Nullable Integer parallelism);

  /** Milliseconds from one checkpoint of a streaming job to the next; 0 for none. */
  @Description(
      "Milliseconds from one checkpoint of a streaming job to the next; 0 for none. At a checkpoint"
          + " sources are acknowledged, bundle finalizers run and metrics become committed.")
  @Default.Long(10_000)
  long getCheckpointIntervalMs();

  /** Sets {@link #getCheckpointIntervalMs}. */
  void setCheckpointIntervalMs(long checkpointIntervalMs);

  /** Where checkpoints are kept beyond the life of this process; absent: nowhere. */
  @Description(
      "Folder or s3:// URL where checkpoints are kept; needs --jobName. Started again with the same"
          + " two options, a job resumes where it left off. Default: checkpoints last only as long"
          + " as this process.")
  @Nullable String getCheckpointStorage();

  /** Sets {@link #getCheckpointStorage}. */
  void setCheckpointStorage(@Nullable String checkpointStorage);

  /** The URL of a service that speaks S3; absent: AWS. */
  @Description(
      "URL of the service behind s3:// places, if it is not that of AWS. Default: AWS. Credentials"
          + " come from the environment or a profile, as for the AWS tools.")
  @Nullable String getS3Endpoint();

  /** Sets {@link #getS3Endpoint}. */
  void setS3Endpoint(@Nullable String s3Endpoint);

  /** The region of the buckets of s3:// places. */
  @Description(
      "Region of the buckets of s3:// places. Default: the one of the environment, or us-east-1"
          + " with --s3Endpoint.")
  @Nullable String getS3Region();

  /** Sets {@link #getS3Region}. */
  void setS3Region(@Nullable String s3Region);

  /** Milliseconds after which a checkpoint is abandoned. */
  @Description("Milliseconds after which a checkpoint that is not complete is abandoned.")
  @Default.Long(600_000)
  long getCheckpointTimeoutMs();

  /** Sets {@link #getCheckpointTimeoutMs}. */
  void setCheckpointTimeoutMs(long checkpointTimeoutMs);

  /** How many checkpoints in a row may fail before the job does. */
  @Description("How many checkpoints in a row may fail before the job fails.")
  @Default.Integer(10)
  int getToleratedCheckpointFailures();

  /** Sets {@link #getToleratedCheckpointFailures}. */
  void setToleratedCheckpointFailures(int toleratedCheckpointFailures);

  /** How often one transform may fail without a checkpoint in between before the job does. */
  @Description(
      "How often one transform may fail, without a complete checkpoint in between, before the job"
          + " fails. Only jobs with checkpoints are restarted.")
  @Default.Integer(3)
  int getRestartAttempts();

  /** Sets {@link #getRestartAttempts}. */
  void setRestartAttempts(int restartAttempts);

  /** Megabytes of heap that state may take; absent means 40% of the heap. */
  @Description(
      "Megabytes of heap that the state of all jobs of this process may take; what does not fit is"
          + " kept in RocksDB. Default: 40% of the heap.")
  @Nullable Integer getStateMemoryMb();

  /** Sets {@link #getStateMemoryMb}. */
  void setStateMemoryMb(@Nullable Integer stateMemoryMb);

  /** A savepoint to start from. */
  @Description("Folder or s3:// URL of a savepoint to start from.")
  @Nullable String getFromSavepoint();

  /** Sets {@link #getFromSavepoint}. */
  void setFromSavepoint(@Nullable String fromSavepoint);

  /** Whether to start over although there is a checkpoint to resume from. */
  @Description("Start over, and leave the checkpoints of this --jobName behind.")
  boolean isFresh();

  /** Sets {@link #isFresh}. */
  void setFresh(boolean fresh);

  // Dataflow's runner has an option of this name, which is not written to JSON.
  /** What transforms are called now, by their names in the checkpoint or savepoint. */
  @JsonIgnore
  @Description(
      "Names of transforms in the checkpoint or savepoint to start from, and the names that"
          + " they have in this pipeline, as JSON: {\"old name\":\"new name\"}. The name of a"
          + " composite stands for all that it consists of.")
  @Nullable Map<String, String> getTransformNameMapping();

  /** Sets {@link #getTransformNameMapping}. */
  void setTransformNameMapping(@Nullable Map<String, String> transformNameMapping);

  /** Whether state may be dropped that the pipeline has no place for any more. */
  @Description(
      "Start although the checkpoint or savepoint holds state that this pipeline has no place for,"
          + " and drop it.")
  boolean isAllowDropState();

  /** Sets {@link #isAllowDropState}. */
  void setAllowDropState(boolean allowDropState);
}
