package dev.sluice.runner.architecture.broken.state.keyed;

import dev.sluice.runner.architecture.broken.state.windowed.Accumulator;

/** Imports its neighbour. */
public record Cell(Accumulator accumulator) {}
