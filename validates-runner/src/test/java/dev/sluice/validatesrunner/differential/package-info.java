/**
 * Random pipelines on Beam's DirectRunner and on Sluice, with and without its fast paths.
 *
 * <ol>
 *   <li>{@link dev.sluice.validatesrunner.differential.RandomPipeline} builds the pipeline of a
 *       seed, once for each execution. {@link dev.sluice.validatesrunner.differential.Branch} keeps
 *       what the model says of each PCollection, and so which transforms have one outcome only.
 *   <li>{@link dev.sluice.validatesrunner.differential.Events} drives it, one event at a time: the
 *       next comes when the pipeline has come to rest.
 *   <li>{@link dev.sluice.validatesrunner.differential.Observations} holds what was in every
 *       PCollection, with timestamps, windows and panes.
 *   <li>{@link dev.sluice.validatesrunner.differential.Differential} compares.
 * </ol>
 */
package dev.sluice.validatesrunner.differential;
