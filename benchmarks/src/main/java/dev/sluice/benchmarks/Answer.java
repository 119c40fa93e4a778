package dev.sluice.benchmarks;

/**
 * What a sink has seen, or must have seen: how many values, and their sum.
 *
 * @param count number of values
 * @param sum sum of the values, with wrap-around
 */
record Answer(long count, long sum) {}
