package dev.sluice.protocol;

/**
 * What may travel from one process to another: data with a binary form ({@link MessageForm}), never
 * a live object. Immutable.
 */
public sealed interface Message permits Envelope, Packet, Arrived {}
