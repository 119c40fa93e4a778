package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.StorageLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A ledger that remembers what it was told, and answers what the test says. */
final class MemoryLedger implements CheckpointLedger {
  /** What was stored, in order. */
  final List<SavedCheckpoint> stored = new ArrayList<>();

  /** Where savepoints were written. */
  final List<String> savepoints = new ArrayList<>();

  /** How it was closed. */
  final List<JobPhase> closed = new ArrayList<>();

  /** What it answers to every writing from now on. */
  Outcome outcome = new Outcome.Written();

  @Override
  public JobStorage storageOf(int attempt) {
    return new JobStorage(StorageLocation.of("memory"), "job", 1, attempt);
  }

  @Override
  public Outcome store(SavedCheckpoint checkpoint) {
    if (outcome instanceof Outcome.Written) {
      stored.add(checkpoint);
    }
    return outcome;
  }

  @Override
  public Optional<SavedCheckpoint> before(long checkpoint) {
    return stored.stream()
        .filter(saved -> saved.id() < checkpoint)
        .reduce((earlier, later) -> later);
  }

  @Override
  public Outcome writeSavepoint(SavedCheckpoint checkpoint, StorageLocation location) {
    savepoints.add(location.url());
    return outcome;
  }

  @Override
  public Outcome close(JobPhase how) {
    closed.add(how);
    return outcome;
  }
}
