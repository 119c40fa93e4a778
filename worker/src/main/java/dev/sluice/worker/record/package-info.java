/**
 * The shape of a record between two transforms: as arguments of a call within a stage ({@link
 * dev.sluice.worker.record.Receiver}), in arrays between two tasks ({@link
 * dev.sluice.worker.record.Batch}). Knows neither operators nor channels, which both know it.
 */
package dev.sluice.worker.record;
