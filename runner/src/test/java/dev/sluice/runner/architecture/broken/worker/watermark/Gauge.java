package dev.sluice.runner.architecture.broken.worker.watermark;

import dev.sluice.runner.architecture.broken.worker.stage.Frame;

/** Imports what stands above it. */
public record Gauge(Frame frame) {}
