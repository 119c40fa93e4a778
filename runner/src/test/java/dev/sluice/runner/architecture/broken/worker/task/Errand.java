package dev.sluice.runner.architecture.broken.worker.task;

import dev.sluice.runner.architecture.broken.worker.pardo.Call;

/** Imports what is none of its business. */
public record Errand(Call call) {}
