package dev.sluice.kafka;

/**
 * A value on its way to a shard.
 *
 * @param writer who numbers the values of this shard: drawn when the first one came, and kept in
 *     the state of the job
 * @param number 0 for the first value of that writer, then 1, 2, ...
 */
record Numbered<T>(String writer, long number, T value) {}
