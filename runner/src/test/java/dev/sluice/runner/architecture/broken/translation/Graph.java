package dev.sluice.runner.architecture.broken.translation;

import dev.sluice.runner.architecture.broken.runner.Command;
import java.nio.file.Path;

/** Imports from below it, and knows a disk. */
record Graph(Command command, Path path) {}
