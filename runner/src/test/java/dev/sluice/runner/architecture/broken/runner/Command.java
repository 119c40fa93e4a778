package dev.sluice.runner.architecture.broken.runner;

import dev.sluice.runner.architecture.broken.testing.Crash;

/** What the modules above should not know; imports from below it. */
public record Command(Crash crash) {}
