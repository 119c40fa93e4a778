/**
 * The {@code sluice} command: {@code run}, {@code explain}, {@code savepoint}, {@code examples},
 * and the tools that come with the examples.
 *
 * <ol>
 *   <li>{@link dev.sluice.runner.cli.Sluice} reads the command line and turns every failure into
 *       one message and an exit code;
 *   <li>an {@link dev.sluice.runner.cli.Example} is found with {@link java.util.ServiceLoader}, so
 *       that this module knows none of them;
 *   <li>a {@link dev.sluice.runner.cli.UserProgram} is somebody's own jar in a class loader of its
 *       own;
 *   <li>{@link dev.sluice.runner.ExplainRunner} prints a pipeline instead of running it;
 *   <li>{@code SavepointCommand} shows what a savepoint holds.
 * </ol>
 *
 * <p>Nothing here is needed by a program that uses {@code SluiceRunner} as a library.
 */
package dev.sluice.runner.cli;
