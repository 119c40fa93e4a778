package dev.sluice.runner.architecture.broken.state.store;

import dev.sluice.runner.architecture.broken.state.entry.Item;

/** Imports what stands above it. */
public record Shelf(Item item) {}
