package dev.sluice.runner.architecture.broken.state.windowed;

import dev.sluice.runner.architecture.broken.state.keyed.Cell;

/** Imports its neighbour. */
public record Accumulator(Cell cell) {}
