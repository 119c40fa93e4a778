package dev.sluice.translation;

/**
 * An edge between two stages: which PCollection crosses it and which task of the consumer gets
 * which element.
 *
 * <p>Immutable. An element keeps its timestamp, windows and pane when it crosses.
 *
 * @param id unique in the graph, such as {@code e5}
 * @param producerStage the stage that writes
 * @param producerCollection the PCollection id as the producer's nodes know it
 * @param consumerStage the stage that reads
 * @param consumerCollection the PCollection id as the consumer's nodes know it; differs from {@link
 *     #producerCollection} where a Flatten or a Reshuffle was merged into the exchange
 * @param kind who gets an element
 * @param coderId coder of an element; for {@link Kind#HASH} a coder of {@code KV} whose key decides
 */
public record Exchange(
    String id,
    String producerStage,
    String producerCollection,
    String consumerStage,
    String consumerCollection,
    Kind kind,
    String coderId) {

  /** Who gets an element. */
  public enum Kind {
    /** Task i of the producer sends to task i of the consumer (0 if the consumer has but one). */
    FORWARD,
    /** The owner of the key group of the element's key. */
    HASH,
    /** The tasks of the consumer in turn. */
    REBALANCE,
    /** Task 0 of a consumer that has one task. */
    GATHER,
    /** Every task of the consumer: the panes of a side input. */
    BROADCAST
  }
}
