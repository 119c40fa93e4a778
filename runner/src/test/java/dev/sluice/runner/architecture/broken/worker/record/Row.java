package dev.sluice.runner.architecture.broken.worker.record;

import dev.sluice.runner.architecture.broken.worker.stage.Frame;

/** Imports what stands above it. */
public record Row(Frame frame) {}
