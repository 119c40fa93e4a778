package dev.sluice.coordinator;

import java.util.Optional;

/**
 * How a job outlives a failure.
 *
 * @param ledger where its checkpoints become real
 * @param from the checkpoint or savepoint it begins with; empty if it begins at the beginning
 * @param lasts whether the user wants its checkpoints to outlive this process. If not, and there is
 *     none yet, a failure of its own is reported at once rather than retried from the beginning
 */
public record Durability(CheckpointLedger ledger, Optional<SavedCheckpoint> from, boolean lasts) {}
