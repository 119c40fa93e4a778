package dev.sluice.state.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.disk.DiskFile;
import dev.sluice.state.disk.LocalDisk;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.error.SpillException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillAreaTest {
  @TempDir Path temp;

  @Test
  void theFolderComesWithTheFirstFileAndGoesWithTheArea() {
    Path folder = temp.resolve("job-1").resolve("scratch");
    SpillArea area = SpillArea.onDisk(new LocalDisk(folder));
    assertThat(folder.getParent()).doesNotExist();
    SpillArea.SpillFile file = area.newFile();
    area.newFile();
    file.append(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
    assertThat(folder).isNotEmptyDirectory();
    assertThat(file.read(1, 3)).asString(StandardCharsets.UTF_8).isEqualTo("ell");
    area.close();
    area.close();
    assertThat(folder).doesNotExist();
    assertThatThrownBy(() -> file.read(0, 1))
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("spill-0");
  }

  @Test
  void anAreaThatWasNeverUsedTouchesNothing() {
    Path folder = temp.resolve("never");
    SpillArea.onDisk(new LocalDisk(folder)).close();
    assertThat(folder).doesNotExist();
  }

  @Test
  void aFileThatNothingReachesAnyMoreIsDeletedWhenAnotherIsMade() {
    MemoryDisk disk = new MemoryDisk(1000);
    SpillArea area = new SpillArea(disk, 0);
    SpillArea.SpillFile reachable = area.newFile();
    reachable.append(ByteBuffer.wrap(new byte[] {5}));
    int made = 1;
    // When a collector finds out is its own affair: ask until it did.
    do {
      area.newFile();
      made++;
      System.gc();
    } while (disk.fileCount() == made && made < 500);
    assertThat(disk.fileCount()).isLessThan(made);
    assertThat(reachable.read(0, 1)).containsExactly(5);
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(temp.resolve("a-file"));
    SpillArea area = SpillArea.onDisk(new LocalDisk(file.resolve("scratch")));
    assertThatThrownBy(area::newFile)
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("a-file")
        .hasMessageContaining("permissions");
  }

  @Test
  void aFileEndsWhereItEnds() throws IOException {
    for (Disk disk : new Disk[] {new LocalDisk(temp.resolve("d")), new MemoryDisk(100)}) {
      DiskFile file = disk.create("x");
      file.append(ByteBuffer.allocate(10));
      assertThatThrownBy(() -> file.read(5, ByteBuffer.allocate(6)))
          .isInstanceOf(java.io.EOFException.class);
      file.delete();
      assertThatThrownBy(() -> file.read(0, ByteBuffer.allocate(1)))
          .isInstanceOf(IOException.class);
      disk.deleteAll();
    }
  }

  /** An interrupted reader closes the channel; whoever comes next must not suffer from it. */
  @Test
  void anInterruptedReaderHarmsNobodyElse() throws Exception {
    SpillArea area = SpillArea.onDisk(new LocalDisk(temp.resolve("d")));
    SpillArea.SpillFile file = area.newFile();
    file.append(ByteBuffer.wrap(new byte[] {1, 2, 3}));
    CompletableFuture<Throwable> outcome = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              Thread.currentThread().interrupt();
              try {
                file.read(0, 3);
                outcome.complete(null);
              } catch (SpillException e) {
                outcome.complete(e.getCause());
              }
            });
    reader.start();
    reader.join();
    assertThat(outcome.get()).isInstanceOf(java.nio.channels.ClosedByInterruptException.class);
    assertThat(file.read(0, 3)).containsExactly(1, 2, 3);
    file.append(ByteBuffer.wrap(new byte[] {4}));
    assertThat(file.read(3, 1)).containsExactly(4);
    area.close();
  }
}
