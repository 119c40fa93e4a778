/**
 * SluiceRunner and the cluster within this JVM that it runs pipelines on.
 *
 * <p>The road of a pipeline:
 *
 * <ol>
 *   <li>Beam finds {@link dev.sluice.runner.SluiceRunner} by its name, through {@link
 *       dev.sluice.runner.SluiceRegistrar}, and hands it the pipeline.
 *   <li>{@link dev.sluice.runner.PortablePipelines} makes the portable proto of it, {@link
 *       dev.sluice.translation.JobGraphs} the job graph of that.
 *   <li>{@link dev.sluice.runner.SharedCluster} starts an {@link dev.sluice.runner.EmbeddedCluster}
 *       if no other pipeline has one running, and submits the job to its coordinator by message.
 *   <li>{@link dev.sluice.runner.SluicePipelineResult} watches the job through a {@link
 *       dev.sluice.runner.JobHandle}; its metrics are asked for with each query ({@link
 *       dev.sluice.runner.JobMetricResults}).
 *   <li>When the last job has ended, the cluster ends: no thread and no file of it is left.
 * </ol>
 */
package dev.sluice.runner;
