package dev.sluice.coordinator;

import dev.sluice.coordinator.CheckpointLedger.Outcome;
import dev.sluice.coordinator.CheckpointLedger.Outcome.NotWritten;
import dev.sluice.coordinator.JobAction.CloseLedger;
import dev.sluice.coordinator.JobAction.FindEarlier;
import dev.sluice.coordinator.JobAction.Store;
import dev.sluice.coordinator.JobAction.WriteSavepoint;
import dev.sluice.coordinator.JobEvent.CheckpointNotStored;
import dev.sluice.coordinator.JobEvent.CheckpointStored;
import dev.sluice.coordinator.JobEvent.EarlierFound;
import dev.sluice.coordinator.JobEvent.LedgerClosed;
import dev.sluice.coordinator.JobEvent.SavepointNotWritten;
import dev.sluice.coordinator.JobEvent.SavepointWritten;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.world.Io;
import dev.sluice.state.error.Thrown;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests to a job's ledger beside the coordinator's loop, and turns the outcome into an
 * event.
 *
 * <p>Asked by the loop; the work itself is done in one lane per job, so a ledger is used by one
 * thread at a time and in the order in which the loop has decided. Always true: every work ends in
 * exactly one event, whatever the ledger throws.
 */
final class LedgerWork {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerWork.class);

  private final Io io;
  private final BiConsumer<JobId, JobEvent> report;

  /**
   * @param io where ledgers may block
   * @param report brings an event to the loop; called by any thread
   */
  LedgerWork(Io io, BiConsumer<JobId, JobEvent> report) {
    this.io = io;
    this.report = report;
  }

  void store(JobId job, CheckpointLedger ledger, Store action) {
    long id = action.checkpoint().id();
    submit(
        job,
        () -> {
          Outcome outcome = outcomeOf(() -> ledger.store(action.checkpoint()));
          return outcome instanceof NotWritten not
              ? new CheckpointNotStored(id, not.reason(), not.claimLost())
              : new CheckpointStored(id);
        });
  }

  void writeSavepoint(JobId job, CheckpointLedger ledger, WriteSavepoint action) {
    SavedCheckpoint checkpoint = action.checkpoint();
    SavepointRequest wanted = action.wanted();
    submit(
        job,
        () -> {
          Outcome outcome = outcomeOf(() -> ledger.writeSavepoint(checkpoint, wanted.location()));
          return outcome instanceof NotWritten not
              ? new SavepointNotWritten(checkpoint.id(), wanted, not.reason())
              : new SavepointWritten(checkpoint.id(), wanted);
        });
  }

  void findEarlier(JobId job, CheckpointLedger ledger, FindEarlier action) {
    submit(
        job,
        () -> {
          try {
            return new EarlierFound(ledger.before(action.checkpoint()));
          } catch (Throwable e) {
            LOG.error(
                "job {}: no checkpoint before {} found",
                job,
                action.checkpoint(),
                Thrown.printable(e));
            return new EarlierFound(Optional.empty());
          }
        });
  }

  void close(JobId job, CheckpointLedger ledger, CloseLedger action) {
    submit(
        job,
        () -> {
          Outcome outcome = outcomeOf(() -> ledger.close(action.outcome()));
          if (outcome instanceof NotWritten not) {
            LOG.warn(
                "job {} has ended {}, but that is not stored: {}",
                job,
                action.outcome(),
                not.reason());
          }
          return new LedgerClosed();
        });
  }

  private void submit(JobId job, Supplier<JobEvent> work) {
    io.submit(Coordinator.ledgerLane(job), () -> report.accept(job, work.get()));
  }

  private static Outcome outcomeOf(Supplier<Outcome> write) {
    try {
      return write.get();
    } catch (Throwable e) {
      Throwable printable = Thrown.printable(e);
      LOG.error("a bug while a checkpoint was written", printable);
      return new NotWritten(printable.toString(), false);
    }
  }
}
