package dev.sluice.runner.architecture.broken.state.disk;

import dev.sluice.runner.architecture.broken.state.storage.Place;

/** Imports what stands above it. */
public record Scratch(Place place) {}
