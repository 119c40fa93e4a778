/**
 * Batches of records, watermarks, barriers and the end on their way from one task to another, in
 * order. A producer that finds no room rests; a consumer stops reading a channel only to align a
 * barrier.
 *
 * <p>All that the two tasks of a channel know of each other is what they send: {@link
 * dev.sluice.worker.record.Batch} and {@link dev.sluice.worker.exchange.ControlItem} forward,
 * {@link dev.sluice.worker.exchange.Feedback} backward, and the handshake of catching up, by which
 * the producer's end says whether what it was about to send is in flight ({@link
 * dev.sluice.worker.exchange.ChannelWriter}). {@link dev.sluice.worker.exchange.Outlet} and {@link
 * dev.sluice.worker.exchange.InputGate} keep the rules of what is sent, and when; a channel, such
 * as {@link dev.sluice.worker.exchange.LocalChannel}, only transports.
 */
package dev.sluice.worker.exchange;
