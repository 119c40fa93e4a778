/**
 * Checkpoints and savepoints as wholes: manifests, who may write them, which of them are kept, and
 * whether what was saved fits a pipeline. Their files are those of {@code
 * dev.sluice.state.storage}.
 */
package dev.sluice.state.checkpoint;
