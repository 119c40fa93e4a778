/**
 * What a job begins with: the claim to its checkpoints, a savepoint, and whether the pipeline's
 * signature fits them; and the scratch folders of this process. The places themselves are opened by
 * {@code dev.sluice.storage}.
 */
package dev.sluice.runner.storage;
