package dev.sluice.runner.architecture.broken.portability;

import dev.sluice.runner.architecture.broken.runner.Command;

/** Imports from below it. */
public record JobService(Command command) {}
