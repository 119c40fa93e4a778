package dev.sluice.runner.architecture.broken.state.attic;

/** Is in a package that nobody has planned. */
record Trunk() {}
