package dev.sluice.runner.architecture.broken.worker.stage;

import dev.sluice.runner.architecture.broken.worker.exchange.Pipe;

/** Imports its neighbour. */
public record Frame(Pipe pipe) {}
