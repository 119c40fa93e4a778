/**
 * A whole cluster in one thread under one seed.
 *
 * <p>{@link dev.sluice.testing.simulation.Simulation} is the world: it implements the network, the
 * clock, the task runner and the threads that may block, and decides by one random generator what
 * happens next. {@link dev.sluice.testing.simulation.SimulatedCluster} runs one job on the real
 * coordinator and the real worker in it, and crashes their processes. {@link
 * dev.sluice.testing.simulation.SimulatedRun} has it run a {@link
 * dev.sluice.testing.simulation.RandomPipeline} and compares what comes out with the {@link
 * dev.sluice.testing.simulation.Model}; if they differ, the {@link
 * dev.sluice.testing.simulation.Story} says what had happened.
 */
package dev.sluice.testing.simulation;
