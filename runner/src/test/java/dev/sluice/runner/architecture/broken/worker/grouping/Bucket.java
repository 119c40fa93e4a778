package dev.sluice.runner.architecture.broken.worker.grouping;

import dev.sluice.runner.architecture.broken.worker.pardo.Call;

/** Imports its neighbour. */
public record Bucket(Call call) {}
