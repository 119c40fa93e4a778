/**
 * Checkpoints and savepoints as they lie in a storage: files, manifests, who may write them, and
 * which of them are kept.
 */
package dev.sluice.state.checkpoint;
