package dev.sluice.runner.architecture.broken.testing;

/** What no module that is released should know. */
public record Crash() {}
