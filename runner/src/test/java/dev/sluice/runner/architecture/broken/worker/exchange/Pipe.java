package dev.sluice.runner.architecture.broken.worker.exchange;

import dev.sluice.runner.architecture.broken.worker.stage.Frame;

/** Imports its neighbour. */
public record Pipe(Frame frame) {}
