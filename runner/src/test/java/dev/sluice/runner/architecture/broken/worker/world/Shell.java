package dev.sluice.runner.architecture.broken.worker.world;

import dev.sluice.runner.architecture.broken.worker.stage.Frame;

/** Imports what stands above it. */
public record Shell(Frame frame) {}
