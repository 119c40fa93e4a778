package dev.sluice.runner.storage;

import dev.sluice.coordinator.CheckpointLedger;
import dev.sluice.coordinator.Durability;
import dev.sluice.coordinator.SavedCheckpoint;
import dev.sluice.coordinator.StoredLedger;
import dev.sluice.protocol.FailureKind;
import dev.sluice.protocol.world.Clock;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.checkpoint.Manifest;
import dev.sluice.state.checkpoint.SignatureDifference;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import dev.sluice.storage.Storages;
import dev.sluice.translation.JobGraph;
import dev.sluice.worker.world.SystemClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what a job begins with, and claims the place where its checkpoints go, before anything
 * of it runs. Used once, by the thread that submits the job.
 */
public final class JobOrigin {
  private static final Logger LOG = LoggerFactory.getLogger(JobOrigin.class);

  /**
   * What the options say.
   *
   * @param storages opens the places that are named here
   * @param storage where checkpoints are kept; null if they only last as long as the process
   * @param savepoint what to begin with; null if it is the newest checkpoint, if there is one
   * @param fresh whether to begin at the beginning although there is a checkpoint
   * @param allowDropState whether state that fits nothing may be left behind
   * @param names what transforms are called now that have other names in what the job begins with
   */
  public record Wanted(
      Storages storages,
      @Nullable String storage,
      @Nullable String savepoint,
      boolean fresh,
      boolean allowDropState,
      TransformNames names) {}

  private final String jobName;
  private final List<Manifest.TransformSignature> signature;
  private final Wanted wanted;
  private final Consumer<String> told;
  private final Clock clock = new SystemClock();

  private JobOrigin(String jobName, JobGraph graph, Wanted wanted, Consumer<String> told) {
    this.jobName = jobName;
    this.signature = Signatures.of(graph);
    this.wanted = wanted;
    this.told = told;
  }

  /**
   * Returns how a job outlives failures; empty if it does not, and begins at the beginning.
   *
   * @param checkpointed whether it has periodic checkpoints even if they are kept nowhere
   * @param told is told what the job begins with, for a person
   * @throws CheckpointException if another process runs the job, or what is there cannot be used
   */
  public static Optional<Durability> of(
      String jobName, JobGraph graph, Wanted wanted, boolean checkpointed, Consumer<String> told) {
    if (wanted.fresh() && wanted.savepoint() != null) {
      throw new IllegalArgumentException(
          "option --fresh contradicts --fromSavepoint: give one of the two");
    }
    if (wanted.storage() == null && wanted.savepoint() == null && !checkpointed) {
      return Optional.empty();
    }
    return Optional.of(new JobOrigin(jobName, graph, wanted, told).durability());
  }

  private Durability durability() {
    if (wanted.storage() == null) {
      return new Durability(scratch(), savepoint(), false);
    }
    // Looked at before anything is claimed.
    Optional<SavedCheckpoint> savepoint = savepoint();
    CheckpointFiles files =
        wanted.storages().openForCheckpoints(wanted.storage(), "option --checkpointStorage");
    JobCheckpoints checkpoints = JobCheckpoints.claim(files, jobName, me());
    try {
      return claimed(checkpoints, savepoint);
    } catch (RuntimeException e) {
      checkpoints.close();
      throw e;
    }
  }

  private Durability claimed(JobCheckpoints checkpoints, Optional<SavedCheckpoint> savepoint) {
    StoredLedger ledger = ledger(checkpoints);
    checkpoints
        .endedBefore()
        .ifPresent(
            how -> tell("job %s was %s and starts at the beginning".formatted(jobName, how)));
    if (wanted.fresh() || savepoint.isPresent()) {
      leaveBehind(checkpoints);
      return new Durability(ledger, savepoint, true);
    }
    Optional<Manifest> latest = checkpoints.latest();
    List<String> damaged = checkpoints.passedOver();
    if (latest.isEmpty()) {
      if (!damaged.isEmpty()) {
        throw allDamaged(damaged);
      }
      return new Durability(ledger, Optional.empty(), true);
    }
    damaged.forEach(
        why -> tell("job %s cannot go on from its newest checkpoint; %s".formatted(jobName, why)));
    TransformNames names = namesSince(latest.get());
    check(latest.get(), names, "option --checkpointStorage", wanted.storage());
    tell(
        "job %s goes on from %s in %s%s"
            .formatted(
                jobName,
                described(latest.get()),
                wanted.storage(),
                latest.get().draining() ? ", and goes on draining" : ""));
    return new Durability(ledger, Optional.of(ledger.from(latest.get(), names)), true);
  }

  /** To start over without being told to would lose what the job has counted. */
  private CheckpointException allDamaged(List<String> damaged) {
    return new CheckpointException(
        "option --checkpointStorage: no checkpoint of job %s in %s can be used:%n  - %s%n%s"
            .formatted(
                jobName,
                wanted.storage(),
                String.join(System.lineSeparator() + "  - ", damaged),
                FailureKind.CORRUPT_CHECKPOINT.cure()));
  }

  private void leaveBehind(JobCheckpoints checkpoints) {
    try {
      checkpoints
          .startFresh()
          .ifPresent(
              left -> tell("job %s starts over and leaves %s behind".formatted(jobName, left)));
    } catch (IOException e) {
      throw new CheckpointException(
          "option --checkpointStorage: %s cannot be written: %s"
              .formatted(wanted.storage(), e.getMessage()),
          e);
    }
  }

  private Optional<SavedCheckpoint> savepoint() {
    if (wanted.savepoint() == null) {
      return Optional.empty();
    }
    Savepoints.Opened opened =
        new Savepoints(wanted.storages()).open(wanted.savepoint(), "option --fromSavepoint");
    TransformNames names = namesSince(opened.manifest());
    check(opened.manifest(), names, "option --fromSavepoint", wanted.savepoint());
    tell(
        "job %s begins with the savepoint in %s, %s"
            .formatted(jobName, wanted.savepoint(), described(opened.manifest())));
    return Optional.of(StoredLedger.saved(opened.manifest(), opened.files(), false, names));
  }

  private void tell(String line) {
    LOG.info("{}", line);
    told.accept(line);
  }

  private String described(Manifest manifest) {
    return JobCheckpoints.described(manifest) + ", " + age(clock.nowMs() - manifest.timeMs());
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

  private void check(Manifest manifest, TransformNames names, String option, String location) {
    Set<String> dropped;
    try {
      dropped =
          SignatureDifference.check(
              manifest.signature(), signature, names, wanted.allowDropState());
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
    Path folder = ScratchFolders.newFolder("checkpoints");
    JobCheckpoints checkpoints =
        JobCheckpoints.claim(
            new FolderFiles(LocalFolder.scratch(folder), "scratch"), jobName, me());
    return new ScratchLedger(ledger(checkpoints), folder);
  }

  private StoredLedger ledger(JobCheckpoints checkpoints) {
    return new StoredLedger(
        checkpoints, jobName, signature, wanted.names(), new Savepoints(wanted.storages()), clock);
  }

  private Holder me() {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "an unknown host";
    }
    return new Holder(host, ProcessHandle.current().pid(), clock.nowMs());
  }
}
