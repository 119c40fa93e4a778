/**
 * Where a pipeline's options say that its checkpoints and savepoints are, and what a job begins
 * with.
 */
package dev.sluice.runner.storage;
