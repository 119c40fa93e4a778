package dev.sluice.runner.architecture.broken.worker.shed;

/** Is in a package that nobody has planned. */
public record Rake() {}
