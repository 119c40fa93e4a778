package dev.sluice.runner.architecture.broken.worker.rows;

import dev.sluice.runner.architecture.broken.worker.pardo.Call;

/** Imports what stands above it. */
public record Sheet(Call call) {}
