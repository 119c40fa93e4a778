/**
 * The watermark of several inputs as one, and what is to be expected of them: plain arithmetic, for
 * the channels of a task and for the PCollections within its stage alike.
 */
package dev.sluice.worker.watermark;
