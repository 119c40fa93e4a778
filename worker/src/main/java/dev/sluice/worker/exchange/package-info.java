/**
 * Batches of records, watermarks, barriers and the end on their way from one task to another, in
 * order, through bounded rings. A producer that finds no room rests; a consumer stops reading a
 * channel only to align a barrier.
 */
package dev.sluice.worker.exchange;
