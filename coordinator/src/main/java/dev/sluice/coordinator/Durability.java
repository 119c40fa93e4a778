package dev.sluice.coordinator;

import java.util.Optional;

/**
 * How a job outlives a failure.
 *
 * @param ledger where its checkpoints become real
 * @param from the checkpoint or savepoint it begins with; empty if it begins at the beginning
 */
public record Durability(CheckpointLedger ledger, Optional<SavedCheckpoint> from) {}
