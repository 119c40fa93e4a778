package dev.sluice.state.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.error.StateStoreException;
import dev.sluice.state.log.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What RocksDB leaves on a disk, and what becomes of a disk that does not take it. */
class RocksDbStoresTest {
  private static final long NATIVE = 16L << 20;

  @TempDir Path folder;

  @Test
  void leavesNoFileBeforeItsFirstBatchIsFull() {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), NATIVE)) {
      StateStore store = stores.open("task");
      for (int i = 0; i < PendingWrites.FULL_COUNT - 1; i++) {
        store.put(number(i), number(i));
      }
      assertThat(store.get(number(7))).isEqualTo(number(7).toByteArray());
      assertThat(store.get(number(-7))).isNull();
      assertThat(folder).isEmptyDirectory();
      store.put(number(PendingWrites.FULL_COUNT), number(1));
      assertThat(folder).isNotEmptyDirectory();
      assertThat(store.get(number(7))).isEqualTo(number(7).toByteArray());
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void readsOfAStoreThatWasNeverWrittenOpenNothing() {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), NATIVE)) {
      StateStore store = stores.open("task");
      store.delete(number(1));
      store.deletePrefix(new Bytes());
      assertThat(store.get(number(1))).isNull();
      assertThat(store.getAll(List.of(number(1).toByteArray()))).containsOnlyNulls();
      try (StateStore.Cursor cursor = store.scan(new Bytes())) {
        assertThat(cursor.next()).isFalse();
      }
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void deletesTheFilesOfAStoreWithItAndWhatAnEarlierProcessLeft() throws IOException {
    Path left = Files.createDirectories(folder.resolve("s").resolve("1-old"));
    Files.writeString(left.resolve("000007.sst"), "left behind");
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), NATIVE)) {
      StateStore first = stores.open("old");
      StateStore second = stores.open("other");
      fill(first);
      fill(second);
      assertThat(first.get(number(3))).isEqualTo(number(3).toByteArray());
      first.close();
      try (Stream<Path> rest = Files.list(folder.resolve("s"))) {
        assertThat(rest.map(path -> path.getFileName().toString())).containsExactly("2-other");
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void closesCursorsThatAreOpenAtItsEnd() {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), NATIVE)) {
      StateStore store = stores.open("task");
      fill(store);
      StateStore.Cursor cursor = store.scan(new Bytes());
      assertThat(cursor.next()).isTrue();
      store.close();
      assertThat(cursor.next()).isFalse();
      cursor.close();
      store.close();
    }
  }

  @Test
  void saysWhereAndWhatToDoIfTheFolderCannotBeWritten() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "in the way");
    try (RocksDbStores stores = new RocksDbStores(file.resolve("s"), NATIVE)) {
      StateStore store = stores.open("task");
      assertThatThrownBy(() -> fill(store))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining(file.toString())
          .hasMessageContaining("MB are free")
          .hasMessageContaining("--stateMemoryMb");
    }
  }

  @Test
  void takesADamagedFileForAnErrorAndNeverForAKeyThatIsNotThere() throws IOException {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), 1)) {
      StateStore store = stores.open("task");
      List<byte[]> keys = new ArrayList<>();
      for (int i = 0; i < 40_000; i++) {
        store.put(number(i), new Bytes().put(new byte[1_000]));
        keys.add(number(i).toByteArray());
      }
      assertThat(store.getAll(keys)).doesNotContainNull();
      assertThat(damageFiles()).isPositive();
      assertThatThrownBy(() -> store.getAll(keys))
          .isInstanceOf(StateStoreException.class)
          .hasMessageContaining("read from");
    }
  }

  /** Overwrites the first half of each file of entries. */
  private int damageFiles() throws IOException {
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder)) {
      files = found.filter(path -> path.toString().endsWith(".sst")).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.allocate((int) (channel.size() / 2)), 0);
      }
    }
    return files.size();
  }

  @Test
  void removesManyEntriesOfAPrefixAtOnceAndLeavesTheRest() {
    try (RocksDbStores stores = new RocksDbStores(folder.resolve("s"), NATIVE)) {
      StateStore store = stores.open("task");
      for (int group = 0; group < 3; group++) {
        for (int i = 0; i < 2_000; i++) {
          store.put(new Bytes().putByte(group).putInt(i), number(i));
        }
      }
      store.deletePrefix(new Bytes().putByte(1));
      store.put(new Bytes().putByte(1).putInt(5), number(55));
      assertThat(store.get(new Bytes().putByte(0).putInt(1_999))).isNotNull();
      assertThat(store.get(new Bytes().putByte(1).putInt(4))).isNull();
      assertThat(store.get(new Bytes().putByte(1).putInt(5))).isEqualTo(number(55).toByteArray());
      assertThat(store.get(new Bytes().putByte(2).putInt(0))).isNotNull();
      assertThat(store.sizeBytes()).isPositive();
    }
  }

  private static void fill(StateStore store) {
    for (int i = 0; i < PendingWrites.FULL_COUNT; i++) {
      store.put(number(i), number(i));
    }
  }

  private static Bytes number(int number) {
    return new Bytes().putInt(number);
  }
}
