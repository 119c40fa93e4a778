/**
 * What one entry of a task's state is, whoever keeps it: its live objects with their coders, how
 * these become bytes, and the log that all parts of a task write to.
 *
 * <p>Below keys, accumulators and pages, above the bytes of {@code dev.sluice.state.log}.
 */
package dev.sluice.state.entry;
