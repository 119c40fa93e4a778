package dev.sluice.coordinator;

import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobStorage;
import dev.sluice.protocol.MetricBytes;
import dev.sluice.protocol.SavedTask;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.checkpoint.ClaimLostException;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;

/**
 * The checkpoints of a job as manifests in the storage that it has claimed.
 *
 * <p>Used by the coordinator in one Io lane; only {@link #storageOf} is called elsewhere. Always
 * true: what was reported to the coordinator as stored is the newest that a later process finds.
 */
public final class StoredLedger implements CheckpointLedger {
  private final JobCheckpoints checkpoints;
  private final StorageLocation location;
  private final Described described;
  private final Places savepoints;
  private final Clock clock;
  private TransformNames names = TransformNames.SAME;

  /** The last checkpoint that has transforms by their old names. */
  private long lastRenamed;

  /**
   * What manifests say of the job.
   *
   * @param signature what the job's state belongs to
   * @param renamed the names that the user gave for what the job begins with: written down, so that
   *     they are not applied twice
   */
  public record Described(
      String jobName, List<Manifest.TransformSignature> signature, TransformNames renamed) {
    public Described {
      signature = List.copyOf(signature);
    }
  }

  /** Where users want their savepoints. */
  @FunctionalInterface
  public interface Places {
    /**
     * Copies what a manifest names to a place of its own.
     *
     * @param files where the segments are now
     * @param location where the user wants it
     */
    void write(Manifest manifest, CheckpointFiles files, StorageLocation location)
        throws IOException;
  }

  /**
   * @param checkpoints of the job, claimed; closed with the ledger
   * @param location where they are
   * @param described what manifests say of the job
   * @param savepoints writes savepoints
   * @param clock for the time that manifests carry
   */
  public StoredLedger(
      JobCheckpoints checkpoints,
      StorageLocation location,
      Described described,
      Places savepoints,
      Clock clock) {
    this.checkpoints = checkpoints;
    this.location = location;
    this.described = described;
    this.savepoints = savepoints;
    this.clock = clock;
  }

  /**
   * What a manifest says, for the job that resumes from it.
   *
   * @param location where its segments are
   * @param own whether that is the storage of the job's own checkpoints
   * @param names what its transforms are called now
   */
  public static SavedCheckpoint saved(
      Manifest manifest, StorageLocation location, boolean own, TransformNames names) {
    Map<String, List<SourceSplit>> splits = new LinkedHashMap<>();
    manifest
        .splits()
        .forEach(
            (name, list) ->
                splits.put(
                    names.of(name),
                    list.stream()
                        .map(s -> new SourceSplit(s.number(), s.count(), s.source()))
                        .toList()));
    return new SavedCheckpoint(
        manifest.checkpoint(),
        location,
        own,
        manifest.parallelism(),
        splits,
        manifest.tasks().stream()
            .map(
                t ->
                    new SavedTask(
                        t.transforms().stream().map(names::of).toList(),
                        t.index(),
                        t.tasks(),
                        t.segments()))
            .toList(),
        new MetricBytes(ByteString.copyFrom(manifest.metrics())),
        manifest.jobClockMs(),
        manifest.draining(),
        names);
  }

  /**
   * The newest whole checkpoint of the job, to begin with, when its manifest has been read already:
   * that all of its files are there is not looked at again.
   *
   * @param newest what {@link JobCheckpoints#latest} returned
   * @param namesNow what transforms are called now that have other names there
   */
  public SavedCheckpoint from(Manifest newest, TransformNames namesNow) {
    names = namesNow;
    lastRenamed = newest.checkpoint();
    return own(newest);
  }

  private SavedCheckpoint own(Manifest manifest) {
    boolean before = manifest.checkpoint() <= lastRenamed;
    TransformNames since = before ? names : TransformNames.SAME;
    return saved(manifest, location, true, since);
  }

  @Override
  public JobStorage storageOf(int attempt) {
    return new JobStorage(location, checkpoints.job(), checkpoints.generation(), attempt);
  }

  @Override
  public Outcome store(SavedCheckpoint checkpoint) {
    return written(() -> checkpoints.complete(manifest(checkpoint)));
  }

  @Override
  public Optional<SavedCheckpoint> before(long checkpoint) {
    return checkpoints.before(checkpoint).map(this::own);
  }

  @Override
  public Outcome writeSavepoint(SavedCheckpoint checkpoint, StorageLocation wanted) {
    return written(() -> savepoints.write(manifest(checkpoint), checkpoints.files(), wanted));
  }

  @Override
  public Outcome close(JobPhase outcome) {
    try {
      return outcome == JobPhase.DONE
          ? written(() -> checkpoints.end(outcome.name()))
          : new Outcome.Written();
    } finally {
      checkpoints.close();
    }
  }

  private interface Writing {
    void run() throws IOException;
  }

  private static Outcome written(Writing writing) {
    try {
      writing.run();
      return new Outcome.Written();
    } catch (ClaimLostException e) {
      return new Outcome.NotWritten(e.getMessage(), true);
    } catch (IOException e) {
      return new Outcome.NotWritten(e.toString(), false);
    } catch (CheckpointException e) {
      return new Outcome.NotWritten(e.getMessage(), false);
    }
  }

  private Manifest manifest(SavedCheckpoint checkpoint) {
    SortedMap<String, List<Manifest.Split>> splits = new TreeMap<>();
    checkpoint
        .splits()
        .forEach(
            (name, list) ->
                splits.put(
                    name,
                    list.stream()
                        .map(s -> new Manifest.Split(s.number(), s.count(), s.source()))
                        .toList()));
    List<Manifest.Task> tasks = new ArrayList<>();
    for (SavedTask task : checkpoint.tasks()) {
      tasks.add(new Manifest.Task(task.transforms(), task.index(), task.tasks(), task.segments()));
    }
    return new Manifest(
        Manifest.FORMAT,
        described.jobName(),
        checkpoint.id(),
        clock.nowMs(),
        checkpoint.parallelism(),
        KeyGroups.COUNT,
        checkpoint.jobClockMs(),
        checkpoint.draining(),
        described.signature(),
        splits,
        tasks,
        checkpoint.metrics().infos().toByteArray(),
        described.renamed().newByOld());
  }
}
