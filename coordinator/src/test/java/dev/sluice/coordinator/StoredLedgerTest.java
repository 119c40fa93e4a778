package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.CheckpointLedger.Outcome;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.metrics.MetricName;
import org.junit.jupiter.api.Test;

/** What a ledger is told by one process, a later one finds. */
class StoredLedgerTest {
  private static final MetricName RECORDS = MetricName.named("test", "records");

  private static final StorageLocation PLACE = StorageLocation.of("memory");

  private final MemoryFolder folder = new MemoryFolder(1 << 20, MemoryFolder.Faults.NONE);
  private JobCheckpoints checkpoints;
  private final List<String> savepoints = new ArrayList<>();

  private StoredLedger claimed() {
    CheckpointFiles files = new FolderFiles(folder, "test");
    checkpoints = JobCheckpoints.claim(files, "job", new Holder("here", 7, 1));
    return new StoredLedger(
        checkpoints,
        PLACE,
        new StoredLedger.Described("job", List.of(), TransformNames.SAME),
        (manifest, from, location) -> savepoints.add(location + " " + manifest.checkpoint()),
        new Standing());
  }

  /** The newest checkpoint of a job that was claimed just now. */
  private Optional<SavedCheckpoint> latest(StoredLedger ledger, TransformNames names) {
    return checkpoints.latest().map(newest -> ledger.from(newest, names));
  }

  /** A clock that stands still. */
  private static final class Standing implements Clock {
    @Override
    public long nowMs() {
      return 1_000;
    }

    @Override
    public long nanoTime() {
      return 0;
    }
  }

  private SavedCheckpoint checkpoint(StoredLedger ledger, long id) throws IOException {
    CheckpointFiles files = new FolderFiles(folder, "worker");
    String name = ledger.storageOf(1).prefixOf(new TaskId("s1", 0)) + "/e" + id + ".seg";
    byte[] content = {1, 2, 3};
    try (OutputStream out = files.create(name)) {
      out.write(content);
    }
    CRC32C crc = new CRC32C();
    crc.update(content);
    MetricsContainerStepMap metrics = new MetricsContainerStepMap();
    metrics.getContainer("step").getCounter(RECORDS).inc(id);
    return new SavedCheckpoint(
        id,
        PLACE,
        true,
        2,
        Map.of("Read", List.of(new SourceSplit(0, 1, new byte[] {9}))),
        List.of(
            new SavedTask(
                List.of("Read", "Count"),
                0,
                1,
                List.of(new SegmentRef(name, 3, (int) crc.getValue(), 0, 255)))),
        MetricBytes.of(metrics),
        77,
        true,
        TransformNames.SAME);
  }

  @Test
  void aLaterProcessGoesOnWhereTheJobWas() throws IOException {
    StoredLedger first = claimed();
    assertThat(first.store(checkpoint(first, 1))).isInstanceOf(Outcome.Written.class);
    first.store(checkpoint(first, 2));
    first.close(JobPhase.FAILED);

    StoredLedger second = claimed();
    SavedCheckpoint found =
        latest(second, new TransformNames(Map.of("Count", "Sum"))).orElseThrow();
    assertThat(found.id()).isEqualTo(2);
    assertThat(found.own()).isTrue();
    assertThat(found.parallelism()).isEqualTo(2);
    assertThat(found.jobClockMs()).isEqualTo(77);
    assertThat(found.draining()).isTrue();
    assertThat(found.splits().get("Read").get(0).source()).containsExactly(9);
    assertThat(found.tasks().get(0).transforms()).containsExactly("Read", "Sum");
    assertThat(found.metrics().read().getContainer("step").getCounter(RECORDS).getCumulative())
        .isEqualTo(2);
    assertThat(second.before(2).map(SavedCheckpoint::id)).contains(1L);
    assertThat(first.storageOf(3)).isEqualTo(new JobStorage(PLACE, "job", 1, 3));
    assertThat(second.storageOf(3)).isEqualTo(new JobStorage(PLACE, "job", 2, 3));
  }

  @Test
  void aJobThatIsDoneIsNotGoneOnWith() throws IOException {
    StoredLedger first = claimed();
    first.store(checkpoint(first, 1));
    first.close(JobPhase.DONE);
    assertThat(latest(claimed(), TransformNames.SAME)).isEqualTo(Optional.empty());
  }

  @Test
  void whatCannotBeWrittenSaysWhy() throws IOException {
    StoredLedger ledger = claimed();
    SavedCheckpoint checkpoint = checkpoint(ledger, 1);
    ledger.writeSavepoint(checkpoint, StorageLocation.of("there"));
    assertThat(savepoints).containsExactly("there 1");

    new FolderFiles(folder, "thief")
        .compareAndSet(
            "job/claim",
            new FolderFiles(folder, "thief").read("job/claim"),
            "{}".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    Outcome outcome = ledger.store(checkpoint);
    assertThat(outcome).isInstanceOf(Outcome.NotWritten.class);
  }
}
