package dev.sluice.runner.architecture.broken.worker.pardo;

import dev.sluice.runner.architecture.broken.worker.source.Spring;

/** Imports its neighbour. */
public record Call(Spring spring) {}
