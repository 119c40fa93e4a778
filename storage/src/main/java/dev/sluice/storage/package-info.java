/**
 * Opens what a user names as a place for checkpoints and savepoints: a folder, or a bucket through
 * the S3 API. Each process that reads or writes segments opens the place for itself, a worker as
 * well as a coordinator; where it is and how it is reached are text, and travel.
 *
 * <p>{@link dev.sluice.storage.Storages} makes {@link dev.sluice.state.storage.CheckpointFiles} of
 * it, and nobody above sees more than these. The AWS SDK is on the class path of whoever uses this
 * package, and not on that of {@code state}.
 */
package dev.sluice.storage;
