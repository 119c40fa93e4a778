/**
 * The log of what a task changes: the form of its records, and the segments they are written to,
 * read from and merged in.
 *
 * <p>Knows bytes only, neither coders nor the live objects that they stand for.
 */
package dev.sluice.state.log;
