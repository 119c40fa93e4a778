package dev.sluice.runner.architecture.broken.runner;

/** What the modules above should not know. */
public record Command() {}
