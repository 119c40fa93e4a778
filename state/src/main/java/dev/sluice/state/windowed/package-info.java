/**
 * The accumulators of windows that fire once, for an operator that keeps one per key and window and
 * needs neither cells nor timers.
 *
 * <p>{@link dev.sluice.state.windowed.WindowedAccumulators} have one {@link
 * dev.sluice.state.windowed.AccumulatorTable} for each window and are a {@link
 * dev.sluice.state.StatePart} of the task. When the heap is full, tables leave for the store and
 * are merged when their window fires ({@link dev.sluice.state.windowed.Spilling}); how an
 * accumulator stands in log and store says its {@link dev.sluice.state.windowed.RecordForm}: whole,
 * or element by element where it is a {@link dev.sluice.state.windowed.ValueList}.
 */
package dev.sluice.state.windowed;
