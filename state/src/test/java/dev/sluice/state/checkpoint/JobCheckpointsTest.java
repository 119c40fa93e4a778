package dev.sluice.state.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.Folder;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only whole checkpoints are real, and only for whoever holds the claim. */
final class JobCheckpointsTest {
  private static final Holder ME = new Holder("here", 1, 1_000);

  private final MemoryFolder folder = new MemoryFolder(1 << 20, MemoryFolder.Faults.NONE);

  private static FolderFiles files(Folder folder) {
    return new FolderFiles(folder, "test");
  }

  private static Manifest manifest(long checkpoint, List<SegmentRef> segments) {
    return new Manifest(
        Manifest.FORMAT,
        "job",
        checkpoint,
        1_000 + checkpoint,
        2,
        256,
        0,
        false,
        List.of(),
        new TreeMap<>(),
        List.of(new Manifest.Task(List.of("Count"), 0, 2, segments)),
        new byte[] {1, 2},
        new TreeMap<>());
  }

  private static SegmentRef segment(CheckpointFiles files, String name, byte... content)
      throws IOException {
    try (OutputStream out = files.create(name)) {
      out.write(content);
    }
    return new SegmentRef(name, content.length, ManifestJson.crcOf(content), 0, 255);
  }

  @Test
  void whatWasCompletedIsFoundByTheNextClaim() throws IOException {
    JobCheckpoints first = JobCheckpoints.claim(files(folder), "job", ME);
    assertThat(first.latest()).isEmpty();
    SegmentRef segment = segment(first.files(), first.prefix() + "/a", (byte) 7);
    first.complete(manifest(1, List.of(segment)));
    first.close();
    JobCheckpoints second = JobCheckpoints.claim(files(folder), "job", ME);
    Manifest found = second.latest().orElseThrow();
    assertThat(found.checkpoint()).isEqualTo(1);
    assertThat(found.segments()).containsExactly(segment);
    assertThat(found.metrics()).containsExactly(1, 2);
    assertThat(second.prefix()).isEqualTo("job/g2");
  }

  @Test
  void onlyTheLastTwoAreKeptAndWhatTheyShareStays() throws IOException {
    JobCheckpoints job = JobCheckpoints.claim(files(folder), "job", ME);
    SegmentRef base = segment(job.files(), job.prefix() + "/base", (byte) 0);
    List<SegmentRef> segments = new ArrayList<>();
    for (int i = 1; i <= 4; i++) {
      segments.add(segment(job.files(), job.prefix() + "/s" + i, (byte) i));
      job.complete(manifest(i, List.of(base, segments.get(i - 1))));
    }
    assertThat(folder.list("job/g1/"))
        .containsExactly(
            "job/g1/base", "job/g1/chk-3.json", "job/g1/chk-4.json", "job/g1/s3", "job/g1/s4");
  }

  @Test
  void aShortenedOrMissingFileLeadsToTheOneBefore() throws IOException {
    for (int damage = 0; damage < 3; damage++) {
      MemoryFolder damaged = new MemoryFolder(1 << 20, MemoryFolder.Faults.NONE);
      JobCheckpoints job = JobCheckpoints.claim(files(damaged), "job", ME);
      job.complete(manifest(1, List.of(segment(job.files(), "job/g1/a", (byte) 1))));
      job.complete(manifest(2, List.of(segment(job.files(), "job/g1/b", (byte) 1, (byte) 2))));
      switch (damage) {
        case 0 -> damaged.truncate("job/g1/b", 1);
        case 1 -> damaged.delete("job/g1/b");
        default -> damaged.delete("job/g1/chk-2.json");
      }
      job.close();
      JobCheckpoints again = JobCheckpoints.claim(files(damaged), "job", ME);
      assertThat(again.latest().orElseThrow().checkpoint()).as("damage " + damage).isEqualTo(1);
      assertThat(again.passedOver()).singleElement().asString().startsWith("checkpoint 2: ");
    }
  }

  @Test
  void aSecondProcessIsRefusedAndToldWhoHoldsTheJob() {
    JobCheckpoints.claim(files(folder), "job", ME);
    assertThatThrownBy(() -> JobCheckpoints.claim(files(folder), "job", new Holder("there", 2, 5)))
        .isInstanceOf(ClaimRefusedException.class)
        .hasMessageContaining("process 1 on here")
        .hasMessageContaining("--jobName");
    assertThatThrownBy(() -> JobCheckpoints.claim(files(folder), "job", ME))
        .isInstanceOf(ClaimRefusedException.class)
        .hasMessageContaining("which is this one, holds its checkpoints");
  }

  @Test
  void whoLostTheClaimCanCompleteNothing() throws IOException {
    JobCheckpoints sleeper = JobCheckpoints.claim(files(folder), "job", ME);
    sleeper.complete(manifest(1, List.of()));
    sleeper.close(); // as a storage without holds would let another one in
    JobCheckpoints other = JobCheckpoints.claim(files(folder), "job", new Holder("there", 2, 5));
    assertThatThrownBy(() -> sleeper.complete(manifest(2, List.of())))
        .isInstanceOf(ClaimLostException.class)
        .hasMessageContaining("process 2 on there");
    assertThat(other.latest().orElseThrow().checkpoint()).isEqualTo(1);
  }

  @Test
  void anEndedJobStartsAtTheBeginning() throws IOException {
    JobCheckpoints job = JobCheckpoints.claim(files(folder), "job", ME);
    job.complete(manifest(1, List.of(segment(job.files(), "job/g1/a", (byte) 1))));
    job.end("DONE");
    job.close();
    JobCheckpoints again = JobCheckpoints.claim(files(folder), "job", ME);
    assertThat(again.latest()).isEmpty();
    assertThat(again.endedBefore()).contains("DONE");
    assertThat(folder.list("job/")).containsExactly("job/claim");
  }

  @Test
  void startingFreshSaysWhatIsLeftBehind() throws IOException {
    JobCheckpoints job = JobCheckpoints.claim(files(folder), "job", ME);
    assertThat(job.startFresh()).isEmpty();
    job.complete(manifest(7, List.of(segment(job.files(), "job/g1/a", (byte) 1))));
    assertThat(job.startFresh().orElseThrow()).contains("checkpoint 7").contains("1 bytes");
    assertThat(job.latest()).isEmpty();
  }

  @Test
  void aManifestOfANewerVersionIsRefused() {
    byte[] newer = "{\"format\": 2}".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThatThrownBy(() -> new ManifestJson().manifest(newer, "chk"))
        .hasMessageContaining("newer version");
  }

  /** Crashes before each single operation of a run, with every kind of loss. */
  @Test
  void afterACrashAtAnyMomentTheNewestCompletedOneOrALaterOneIsFound() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      AtomicInteger left = new AtomicInteger(seed);
      MemoryFolder crashing =
          new MemoryFolder(
              1 << 20,
              operation -> {
                if (left.getAndDecrement() <= 0) {
                  throw new IOException("crashed before " + operation);
                }
              });
      long completed = 0;
      try {
        JobCheckpoints job = JobCheckpoints.claim(files(crashing), "job", ME);
        for (int i = 1; i <= 5; i++) {
          job.complete(
              manifest(i, List.of(segment(job.files(), job.prefix() + "/s" + i, (byte) i))));
          completed = i;
        }
      } catch (IOException | CheckpointException e) {
        assertThat(e).hasMessageContaining("crashed before");
      }
      crashing.crash(new Random(seed));
      left.set(Integer.MAX_VALUE);
      Optional<Manifest> found = JobCheckpoints.claim(files(crashing), "job", ME).latest();
      assertThat(found.map(Manifest::checkpoint).orElse(0L))
          .as("seed " + seed)
          .isBetween(completed, completed + 1);
    }
  }

  @Test
  void theSameInAFolderOfThisMachine(@TempDir Path temp) throws IOException {
    Folder local = new LocalFolder(temp.resolve("checkpoints"));
    JobCheckpoints job = JobCheckpoints.claim(files(local), "my job", ME);
    job.complete(manifest(1, List.of(segment(job.files(), job.prefix() + "/a", (byte) 1))));
    assertThatThrownBy(() -> JobCheckpoints.claim(files(local), "my job", ME))
        .isInstanceOf(ClaimRefusedException.class);
    job.close();
    JobCheckpoints again = JobCheckpoints.claim(files(local), "my job", ME);
    assertThat(again.latest().orElseThrow().checkpoint()).isEqualTo(1);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsFoundAtOnce(@TempDir Path temp) throws IOException {
    Path file = java.nio.file.Files.createFile(temp.resolve("file"));
    assertThatThrownBy(
            () -> JobCheckpoints.claim(files(new LocalFolder(file.resolve("x"))), "job", ME))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("--checkpointStorage")
        .hasMessageContaining("cannot be written");
  }
}
