/**
 * Where segments and manifests lie: folders and the files in them, and what refers to a segment
 * that is safe there. Knows nothing of what is in a file.
 *
 * <p>{@link dev.sluice.state.storage.CheckpointFiles} is what log and checkpoints see: files that
 * are there as a whole or not at all, and a compare-and-set. {@link
 * dev.sluice.state.storage.FolderFiles} makes that of a {@link dev.sluice.state.storage.Folder},
 * which promises only what a file system does.
 */
package dev.sluice.state.storage;
