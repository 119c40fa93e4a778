package dev.sluice.worker.stage;

import dev.sluice.state.TaskState;
import dev.sluice.worker.world.JobClock;
import org.apache.beam.sdk.options.PipelineOptions;

/**
 * What all operators of one task share. Owned by the task's thread.
 *
 * @param taskName such as {@code job-7/s3/1}, for messages
 * @param index which of the stage's parallel tasks this is, from 0
 * @param parallelism how many tasks the stage has
 * @param state all that the task must not lose
 * @param clock the job's processing time
 * @param options the pipeline's options
 * @param services what the task does for its operators
 */
public record TaskContext(
    String taskName,
    int index,
    int parallelism,
    TaskState state,
    JobClock clock,
    PipelineOptions options,
    TaskServices services) {}
