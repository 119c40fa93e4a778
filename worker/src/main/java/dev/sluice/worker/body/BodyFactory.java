package dev.sluice.worker.body;

/**
 * How the fused bodies of a worker's stages run; handed to the worker from above.
 *
 * <p>Called by the thread that builds the tasks of a job, for each body of each task, before the
 * task takes its first step. Shared by all jobs of the worker.
 */
@FunctionalInterface
public interface BodyFactory {

  /**
   * Makes a body for one task. What cannot be made is to be named by its transform, as {@link
   * dev.sluice.worker.stage.OperatorContexts#make} does.
   */
  Body create(BodySpec spec);
}
