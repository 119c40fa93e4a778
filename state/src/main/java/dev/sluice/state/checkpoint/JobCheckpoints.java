package dev.sluice.state.checkpoint;

import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one job in a storage, as the process sees them that has claimed it.
 *
 * <pre>
 *   JOB/claim                      who may write, and which checkpoints are real (see JobClaim)
 *   JOB/g3/chk-17.json             a manifest
 *   JOB/g3/...                     segments of that generation
 * </pre>
 *
 * <p>Blocks; one thread at a time. What is always true: a checkpoint that is {@link #latest} was
 * completed as a whole by whoever held the claim then; a file that a retained checkpoint names is
 * not deleted.
 */
public final class JobCheckpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JobCheckpoints.class);

  /** How many checkpoints are kept, so that there is another if a file of one is damaged. */
  private static final int RETAINED = 2;

  private static final int READ_TRIES = 3;

  private final ManifestJson json = new ManifestJson();
  private final CheckpointFiles files;
  private final String job;
  private final AutoCloseable held;
  private final Map<Long, Manifest> manifests = new LinkedHashMap<>();
  private final List<String> passedOver = new ArrayList<>();
  private JobClaim claim;
  private byte[] claimBytes;
  private Optional<String> endedBefore = Optional.empty();

  private JobCheckpoints(CheckpointFiles files, String job, AutoCloseable held) {
    this.files = files;
    this.job = job;
    this.held = held;
  }

  /**
   * Claims the checkpoints of a job.
   *
   * @param jobName the job's name, which becomes a folder of the storage
   * @throws ClaimRefusedException if another process holds them
   * @throws CheckpointException if the storage cannot be written, or what it holds not be read
   */
  public static JobCheckpoints claim(CheckpointFiles files, String jobName, Holder holder) {
    String job = jobName.replaceAll("[^A-Za-z0-9_.-]", "_");
    try {
      Optional<AutoCloseable> held = files.hold(job + "/held");
      if (held.isEmpty()) {
        throw refused(files, job, jobName, holder);
      }
      JobCheckpoints checkpoints = new JobCheckpoints(files, job, held.get());
      try {
        checkpoints.claim(holder);
        return checkpoints;
      } catch (IOException | RuntimeException e) {
        checkpoints.close();
        throw e;
      }
    } catch (IOException e) {
      throw new CheckpointException(
          "option --checkpointStorage: %s cannot be written: %s. Choose a place that this process may write to."
              .formatted(files.location(), said(e)),
          e);
    }
  }

  private static ClaimRefusedException refused(
      CheckpointFiles files, String job, String jobName, Holder me) throws IOException {
    String by =
        files
            .read(job + "/claim")
            .map(bytes -> new ManifestJson().claim(bytes, job + "/claim").holder())
            .map(
                holder ->
                    holder.isProcessOf(me) ? holder + ", which is this one," : holder.toString())
            .orElse("another process");
    return new ClaimRefusedException(
        "job %s in %s is running already: %s holds its checkpoints. Stop that one first, or give this one another --jobName."
            .formatted(jobName, files.location(), by));
  }

  private void claim(Holder holder) throws IOException {
    while (claim == null) {
      Optional<byte[]> before = files.read(claimName());
      JobClaim mine = new JobClaim(1, holder, "", List.of());
      if (before.isPresent()) {
        JobClaim theirs = json.claim(before.get(), files.location() + "/" + claimName());
        boolean over = !theirs.ended().isEmpty();
        endedBefore = over ? Optional.of(theirs.ended()) : Optional.empty();
        mine =
            new JobClaim(theirs.generation() + 1, holder, "", over ? List.of() : theirs.retained());
      }
      byte[] bytes = json.write(mine);
      if (files.compareAndSet(claimName(), before, bytes)) {
        claim = mine;
        claimBytes = bytes;
      }
    }
    deleteOrphans();
  }

  /** The job's folder in the storage. */
  public String job() {
    return job;
  }

  /** The generation of the claim: no other claim of the job has it. */
  public long generation() {
    return claim.generation();
  }

  /** What the names of the files of this claim begin with, without a slash at its end. */
  String prefix() {
    return job + "/g" + claim.generation();
  }

  /** The storage. */
  public CheckpointFiles files() {
    return files;
  }

  /** How the job of this name ended before, if it is over and this is a new one. */
  public Optional<String> endedBefore() {
    return endedBefore;
  }

  /**
   * Returns the newest checkpoint of which every file is there, with its size; warns of those that
   * are skipped. What else is wrong with a file is found when it is read.
   */
  public Optional<Manifest> latest() {
    return before(Long.MAX_VALUE);
  }

  /** Which checkpoints were skipped so far, and why, in the order in which they were tried. */
  public List<String> passedOver() {
    return List.copyOf(passedOver);
  }

  /** Returns the newest such checkpoint with a number less than {@code checkpoint}. */
  public Optional<Manifest> before(long checkpoint) {
    for (JobClaim.Retained retained : claim.retained()) {
      if (retained.checkpoint() < checkpoint) {
        try {
          Manifest manifest = verified(retained);
          manifests.put(manifest.checkpoint(), manifest);
          return Optional.of(manifest);
        } catch (IOException | CheckpointException e) {
          LOG.warn(
              "checkpoint {} of job {} in {} cannot be used, and the one before it is taken: {}",
              retained.checkpoint(),
              job,
              files.location(),
              said(e));
          passedOver.add("checkpoint %d: %s".formatted(retained.checkpoint(), said(e)));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Reads a checkpoint, again if it could not be read: going back further than needed is correct,
   * but what stable input has released since then would be released again.
   */
  private Manifest verified(JobClaim.Retained retained) throws IOException {
    for (int left = READ_TRIES - 1; ; left--) {
      try {
        Manifest manifest = read(retained);
        for (SegmentRef segment : manifest.segments()) {
          segment.check(files);
        }
        return manifest;
      } catch (NoSuchFileException e) {
        throw e;
      } catch (IOException e) {
        if (left == 0) {
          throw e;
        }
        LOG.debug("checkpoint {} could not be read, once more", retained.checkpoint(), e);
      }
    }
  }

  private Manifest read(JobClaim.Retained retained) throws IOException {
    byte[] bytes;
    try (InputStream in = files.open(retained.manifest(), 0)) {
      bytes = in.readAllBytes();
    }
    if (ManifestJson.crcOf(bytes) != retained.crc()) {
      throw new CheckpointException(
          "manifest " + retained.manifest() + " is damaged: its checksum is wrong");
    }
    return json.manifest(bytes, retained.manifest());
  }

  /**
   * Makes a checkpoint the newest: writes its manifest, names it in the claim, and then deletes
   * what no retained checkpoint needs.
   *
   * @throws ClaimLostException if another process has claimed the job meanwhile
   */
  public void complete(Manifest manifest) throws IOException {
    byte[] bytes = json.write(manifest);
    String name = prefix() + "/chk-" + manifest.checkpoint() + ".json";
    try (OutputStream out = files.create(name)) {
      out.write(bytes);
    }
    List<JobClaim.Retained> all = new ArrayList<>();
    all.add(new JobClaim.Retained(manifest.checkpoint(), name, ManifestJson.crcOf(bytes)));
    all.addAll(claim.retained());
    List<JobClaim.Retained> kept = all.subList(0, Math.min(RETAINED, all.size()));
    List<JobClaim.Retained> dropped = all.subList(kept.size(), all.size());
    replace(claim.with("", kept));
    manifests.put(manifest.checkpoint(), manifest);
    deleteUnused(kept, dropped);
  }

  private void replace(JobClaim next) throws IOException {
    byte[] bytes = json.write(next);
    boolean replaced = files.compareAndSet(claimName(), Optional.of(claimBytes), bytes);
    if (!replaced) {
      adoptOwnWrite();
      replaced = files.compareAndSet(claimName(), Optional.of(claimBytes), bytes);
    }
    if (!replaced) {
      throw lost(files.read(claimName()));
    }
    claim = next;
    claimBytes = bytes;
  }

  /** What stands there may be ours: a write that failed may have been done all the same. */
  private void adoptOwnWrite() throws IOException {
    Optional<byte[]> now = files.read(claimName());
    if (now.isPresent() && json.claim(now.get(), claimName()).generation() == claim.generation()) {
      claimBytes = now.get();
    } else {
      throw lost(now);
    }
  }

  private ClaimLostException lost(Optional<byte[]> now) {
    String by =
        now.map(theirs -> json.claim(theirs, claimName()).holder().toString())
            .orElse("somebody who deleted them");
    return new ClaimLostException(
        "the checkpoints of job %s in %s were taken over by %s: this process can complete none any more, and stops"
            .formatted(job, files.location(), by));
  }

  /** What only the dropped checkpoints need goes. A file that cannot be deleted is left behind. */
  private void deleteUnused(List<JobClaim.Retained> kept, List<JobClaim.Retained> dropped) {
    if (dropped.isEmpty()) {
      return;
    }
    try {
      Set<String> needed = new HashSet<>();
      for (JobClaim.Retained retained : kept) {
        for (SegmentRef segment : known(retained).segments()) {
          needed.add(segment.file());
        }
      }
      for (JobClaim.Retained retained : dropped) {
        for (SegmentRef segment : known(retained).segments()) {
          if (!needed.contains(segment.file())) {
            files.delete(segment.file());
          }
        }
        files.delete(retained.manifest());
        manifests.remove(retained.checkpoint());
      }
    } catch (IOException | CheckpointException e) {
      LOG.warn("files that no checkpoint of job {} needs are left behind: {}", job, said(e));
    }
  }

  private Manifest known(JobClaim.Retained retained) throws IOException {
    Manifest manifest = manifests.get(retained.checkpoint());
    return manifest != null ? manifest : read(retained);
  }

  /** What earlier attempts left behind without completing it goes. */
  private void deleteOrphans() {
    try {
      Set<String> needed = new HashSet<>();
      needed.add(claimName());
      for (JobClaim.Retained retained : claim.retained()) {
        needed.add(retained.manifest());
        try {
          read(retained).segments().forEach(segment -> needed.add(segment.file()));
        } catch (IOException | CheckpointException e) {
          LOG.debug("manifest {} cannot be read: its files are left", retained.manifest(), e);
          return;
        }
      }
      for (String name : files.list(job + "/")) {
        if (!needed.contains(name)) {
          files.delete(name);
        }
      }
    } catch (IOException e) {
      LOG.warn("files of earlier runs of job {} are left behind: {}", job, said(e));
    }
  }

  /**
   * Forgets the checkpoints there are; their files go with the first claim or checkpoint after it.
   *
   * @return what is left behind, for a person; empty if there is nothing
   */
  public Optional<String> startFresh() throws IOException {
    if (claim.retained().isEmpty()) {
      return Optional.empty();
    }
    Optional<Manifest> left = latest();
    replace(claim.with("", List.of()));
    deleteOrphans();
    return Optional.of(
        left.map(JobCheckpoints::described).orElse("checkpoints that could not be read any more"));
  }

  /** Says which checkpoint it is, when it was taken and how large it is. */
  public static String described(Manifest manifest) {
    return "checkpoint %d of %s (%,d bytes)"
        .formatted(
            manifest.checkpoint(), Instant.ofEpochMilli(manifest.timeMs()), manifest.bytes());
  }

  /** The job is over: a job of its name starts at the beginning from now on. */
  public void end(String how) throws IOException {
    replace(claim.with(how, List.of()));
    manifests.clear();
    deleteOrphans();
  }

  /** Lets the claim go; what is stored stays. */
  @Override
  public void close() {
    try {
      held.close();
    } catch (Exception e) {
      LOG.debug("the hold on job {} could not be released", job, e);
    }
  }

  private String claimName() {
    return job + "/claim";
  }

  private static String said(Exception e) {
    if (e instanceof CheckpointException) {
      return e.getMessage();
    }
    return e.getMessage() == null
        ? e.toString()
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
