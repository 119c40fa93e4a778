package dev.sluice.runner.architecture.broken.state.page;

import dev.sluice.runner.architecture.broken.state.keyed.Cell;

/** Imports what stands above it. */
public record Leaf(Cell cell) {}
