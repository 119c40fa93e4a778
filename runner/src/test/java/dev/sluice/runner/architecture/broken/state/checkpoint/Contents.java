package dev.sluice.runner.architecture.broken.state.checkpoint;

import dev.sluice.runner.architecture.broken.state.page.Leaf;

/** Imports what is none of its business. */
public record Contents(Leaf leaf) {}
