package dev.sluice.runner.architecture.broken.worker.source;

import dev.sluice.runner.architecture.broken.worker.grouping.Bucket;

/** Imports its neighbour. */
public record Spring(Bucket bucket) {}
