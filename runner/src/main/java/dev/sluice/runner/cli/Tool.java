package dev.sluice.runner.cli;

import java.util.concurrent.Callable;

/**
 * A command beside {@code sluice run} that comes with the examples.
 *
 * <p>An implementation is annotated with picocli's {@code @Command}, which holds its name. Its
 * {@code call} returns the exit code, and throws a {@link UserError} if something is wrong that the
 * user can put right. Found with {@link java.util.ServiceLoader}; used by the main thread only.
 */
public interface Tool extends Callable<Integer> {}
