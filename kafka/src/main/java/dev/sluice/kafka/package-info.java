/**
 * Exactly once into Kafka.
 *
 * <p>The road of a record through {@link dev.sluice.kafka.ExactlyOnce}:
 *
 * <ol>
 *   <li>{@link dev.sluice.kafka.AssignShard} gives it a shard, by its key.
 *   <li>{@link dev.sluice.kafka.AssignNumber} gives it the next number of its shard and the name of
 *       the shard's writer, both from state.
 *   <li>{@link dev.sluice.kafka.WriteNumbered} takes stable input: it sees a record only when a
 *       completed checkpoint holds its number and its writer. It writes a bundle in one Kafka
 *       transaction, which also commits the writer and the next number.
 * </ol>
 */
package dev.sluice.kafka;
