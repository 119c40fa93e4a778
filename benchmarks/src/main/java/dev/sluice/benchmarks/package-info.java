/**
 * Pipelines that any Beam runner can run, with their records per second.
 *
 * <ol>
 *   <li>{@link dev.sluice.benchmarks.Benchmark} is the main: one {@link
 *       dev.sluice.benchmarks.Workload}, one runner, one line of JSON.
 *   <li>{@link dev.sluice.benchmarks.RecordSource} generates {@link dev.sluice.benchmarks.Records};
 *       {@link dev.sluice.benchmarks.CountingSink} ends every pipeline.
 *   <li>Both tell {@link dev.sluice.benchmarks.RunMeter} how far they are, which works because the
 *       pipeline runs in this JVM.
 *   <li>{@link dev.sluice.benchmarks.PipelineRun} runs the pipeline and samples the meter and the
 *       {@link dev.sluice.benchmarks.AllocationMeter}.
 *   <li>{@link dev.sluice.benchmarks.Answer} says what the sink must have seen.
 * </ol>
 */
package dev.sluice.benchmarks;
