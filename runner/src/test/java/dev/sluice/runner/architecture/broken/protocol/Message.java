package dev.sluice.runner.architecture.broken.protocol;

import dev.sluice.runner.architecture.broken.worker.Work;

/** Imports from below it. */
public record Message(Work work) {}
