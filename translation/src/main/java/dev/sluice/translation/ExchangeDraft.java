package dev.sluice.translation;

/**
 * An exchange before it has an id, and before its stages have theirs. Immutable.
 *
 * @param producer the stage that writes
 * @param producerCollection the PCollection id there
 * @param consumer the stage that reads
 * @param consumerCollection the PCollection id there
 * @param kind who gets an element
 */
record ExchangeDraft(
    StageDraft producer,
    String producerCollection,
    StageDraft consumer,
    String consumerCollection,
    Exchange.Kind kind) {}
