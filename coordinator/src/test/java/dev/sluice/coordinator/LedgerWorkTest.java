package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.StorageLocation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever a ledger throws, the job learns that its work is over. */
class LedgerWorkTest {
  private final List<JobEvent> events = new ArrayList<>();
  private final LedgerWork work =
      new LedgerWork((lane, todo) -> todo.run(), (job, event) -> events.add(event));

  /** Finds that a class of its storage is missing, whatever it is asked for. */
  private static final class BrokenLedger implements CheckpointLedger {
    private static NoClassDefFoundError missing() {
      return new NoClassDefFoundError("com/example/Storage");
    }

    @Override
    public JobStorage storageOf(int attempt) {
      throw missing();
    }

    @Override
    public Outcome store(SavedCheckpoint checkpoint) {
      throw missing();
    }

    @Override
    public Optional<SavedCheckpoint> before(long checkpoint) {
      throw missing();
    }

    @Override
    public Outcome writeSavepoint(SavedCheckpoint checkpoint, StorageLocation location) {
      throw missing();
    }

    @Override
    public Outcome close(JobPhase outcome) {
      throw missing();
    }
  }

  @Test
  void anErrorWhileALedgerIsClosedKeepsNoJobFromItsEnd() {
    work.close(Jobs.ID, new BrokenLedger(), new JobAction.CloseLedger(JobPhase.FAILED));
    assertThat(events).containsExactly(new JobEvent.LedgerClosed());
  }

  @Test
  void anErrorWhileAnEarlierCheckpointIsSoughtMeansThatThereIsNone() {
    work.findEarlier(Jobs.ID, new BrokenLedger(), new JobAction.FindEarlier(7));
    assertThat(events).containsExactly(new JobEvent.EarlierFound(Optional.empty()));
  }
}
