package dev.sluice.coordinator;

import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.protocol.world.Clock;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.checkpoint.SignatureDifference;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a job begins with, and claims the place where its checkpoints go, before anything
 * of it runs. Used once, in the lane of the job.
 */
public final class JobOrigin {
  private static final Logger LOG = LoggerFactory.getLogger(JobOrigin.class);

  /**
   * What a coordinator is handed to find checkpoints and savepoints.
   *
   * @param storages opens the places that users name
   * @param scratch where checkpoints go that nobody wants to keep
   * @param clock the time
   * @param me whose name a claim bears
   */
  public record Places(StorageOpener storages, Scratch scratch, Clock clock, Holder me) {}

  private final String jobName;
  private final WantedOrigin wanted;
  private final Places places;
  private final Consumer<String> beginnings;

  private JobOrigin(Submission submission, Places places, Consumer<String> beginnings) {
    this.jobName = submission.name();
    this.wanted = submission.origin();
    this.places = places;
    this.beginnings = beginnings;
  }

  /**
   * Returns how a job outlives failures; empty if it does not, and begins at the beginning.
   *
   * @param streaming whether the job has unbounded input, and with it periodic checkpoints even if
   *     they are kept nowhere
   * @param beginnings takes what the job begins with, in lines for a person
   * @throws CheckpointException if another process runs the job, or what is there cannot be used
   */
  static Optional<Durability> of(
      Submission submission, boolean streaming, Places places, Consumer<String> beginnings) {
    WantedOrigin wanted = submission.origin();
    if (wanted.fresh() && wanted.savepoint().isPresent()) {
      throw new IllegalArgumentException(
          "option --fresh contradicts --fromSavepoint: give one of the two");
    }
    boolean checkpointed = streaming && submission.settings().checkpoints().intervalMs() > 0;
    if (wanted.storage().isEmpty() && wanted.savepoint().isEmpty() && !checkpointed) {
      return Optional.empty();
    }
    return Optional.of(new JobOrigin(submission, places, beginnings).durability());
  }

  private Durability durability() {
    if (wanted.storage().isEmpty()) {
      return new Durability(scratch(), savepoint(), false);
    }
    // Looked at before anything is claimed.
    Optional<SavedCheckpoint> savepoint = savepoint();
    StorageLocation storage = wanted.storage().get();
    CheckpointFiles files =
        places.storages().openForCheckpoints(storage, "option --checkpointStorage");
    JobCheckpoints checkpoints = JobCheckpoints.claim(files, jobName, places.me());
    try {
      return claimed(storage, checkpoints, savepoint);
    } catch (RuntimeException e) {
      checkpoints.close();
      throw e;
    }
  }

  private Durability claimed(
      StorageLocation storage, JobCheckpoints checkpoints, Optional<SavedCheckpoint> savepoint) {
    StoredLedger ledger = ledger(storage, checkpoints);
    checkpoints
        .endedBefore()
        .ifPresent(
            how -> tell("job %s was %s and starts at the beginning".formatted(jobName, how)));
    if (wanted.fresh() || savepoint.isPresent()) {
      leaveBehind(storage, checkpoints);
      return new Durability(ledger, savepoint, true);
    }
    Optional<Manifest> latest = checkpoints.latest();
    List<String> damaged = checkpoints.passedOver();
    if (latest.isEmpty()) {
      if (!damaged.isEmpty()) {
        throw allDamaged(storage, damaged);
      }
      return new Durability(ledger, Optional.empty(), true);
    }
    damaged.forEach(
        why -> tell("job %s cannot resume from its newest checkpoint; %s".formatted(jobName, why)));
    TransformNames names = namesSince(latest.get());
    check(latest.get(), names, "option --checkpointStorage", storage);
    tell(
        "job %s resumes from %s in %s%s"
            .formatted(
                jobName,
                described(latest.get()),
                storage,
                latest.get().draining() ? ", and continues draining" : ""));
    return new Durability(ledger, Optional.of(ledger.from(latest.get(), names)), true);
  }

  /** Starting over without being asked to would lose what the job has counted. */
  private CheckpointException allDamaged(StorageLocation storage, List<String> damaged) {
    return new CheckpointException(
        "option --checkpointStorage: no checkpoint of job %s in %s can be used:%n  - %s%n%s"
            .formatted(
                jobName,
                storage,
                String.join(System.lineSeparator() + "  - ", damaged),
                FailureKind.CORRUPT_CHECKPOINT.cure()));
  }

  private void leaveBehind(StorageLocation storage, JobCheckpoints checkpoints) {
    try {
      checkpoints
          .startFresh()
          .ifPresent(
              left -> tell("job %s starts over and leaves %s behind".formatted(jobName, left)));
    } catch (IOException e) {
      throw new CheckpointException(
          "option --checkpointStorage: %s cannot be written: %s".formatted(storage, e.getMessage()),
          e);
    }
  }

  private Optional<SavedCheckpoint> savepoint() {
    if (wanted.savepoint().isEmpty()) {
      return Optional.empty();
    }
    StorageLocation location = wanted.savepoint().get();
    Manifest manifest = savepoints().manifest(location, "option --fromSavepoint");
    TransformNames names = namesSince(manifest);
    check(manifest, names, "option --fromSavepoint", location);
    tell(
        "job %s begins with the savepoint in %s, %s"
            .formatted(jobName, location, described(manifest)));
    return Optional.of(StoredLedger.saved(manifest, location, false, names));
  }

  private Savepoints savepoints() {
    return new Savepoints(places.storages(), places.scratch());
  }

  private void tell(String line) {
    LOG.info("{}", line);
    beginnings.accept(line);
  }

  private String described(Manifest manifest) {
    return JobCheckpoints.described(manifest)
        + ", "
        + age(places.clock().nowMs() - manifest.timeMs());
  }

  /** How old something is, in the unit in which a person would say it. */
  static String age(long ms) {
    Duration age = Duration.ofMillis(Math.max(0, ms));
    if (age.toDays() > 1) {
      return age.toDays() + " days old";
    } else if (age.toHours() > 1) {
      return age.toHours() + " h old";
    } else if (age.toMinutes() > 1) {
      return age.toMinutes() + " min old";
    }
    return age.toSeconds() + " s old";
  }

  /** Returns the new names of transforms; none if what was saved has them already. */
  private TransformNames namesSince(Manifest manifest) {
    boolean done = manifest.renamed().equals(wanted.names().newByOld());
    return done ? TransformNames.SAME : wanted.names();
  }

  private void check(
      Manifest manifest, TransformNames names, String option, StorageLocation location) {
    Set<String> dropped;
    try {
      dropped =
          SignatureDifference.check(
              manifest.signature(), wanted.signature(), names, wanted.allowDropState());
    } catch (CheckpointException e) {
      throw new CheckpointException(
          "%s: %s, saved by job %s: %s"
              .formatted(option, location, manifest.jobName(), e.getMessage()),
          e);
    }
    if (!dropped.isEmpty()) {
      tell("job %s drops the state of %s".formatted(jobName, String.join(", ", dropped)));
    }
  }

  private CheckpointLedger scratch() {
    StorageLocation location = places.scratch().newLocation();
    JobCheckpoints checkpoints =
        JobCheckpoints.claim(
            places.storages().open(location, "scratch space"), jobName, places.me());
    return new ScratchLedger(ledger(location, checkpoints), location, places.scratch());
  }

  private StoredLedger ledger(StorageLocation location, JobCheckpoints checkpoints) {
    return new StoredLedger(
        checkpoints,
        location,
        new StoredLedger.Described(jobName, wanted.signature(), wanted.names()),
        savepoints(),
        places.clock());
  }
}
