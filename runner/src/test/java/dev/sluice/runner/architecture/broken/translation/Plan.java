package dev.sluice.runner.architecture.broken.translation;

/** What others import from here. */
public record Plan() {}
