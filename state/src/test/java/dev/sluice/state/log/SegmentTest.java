package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What is written to a segment is read from it, or a typed error says why not. */
class SegmentTest {
  private final TestFiles files = new TestFiles();

  @Test
  void everyBitThatChangesIsFound() throws IOException {
    SegmentRef segment = segment(40, 50);
    byte[] good = files.files().get("f");
    for (int bit = 0; bit < 8 * good.length; bit++) {
      byte[] bad = good.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      files.files().put("f", bad);
      assertThatThrownBy(() -> readAll(segment))
          .as("bit %s of %s bytes", bit, good.length)
          .isInstanceOf(CorruptSegmentException.class)
          .hasMessageStartingWith("segment f at byte ");
    }
    files.files().put("f", good);
    readAll(segment);
  }

  @Test
  void bitsThatChangeInAFileThatIsReadInPiecesAreFound() throws IOException {
    SegmentRef segment = segment(40, 6_000);
    byte[] bytes = files.files().get("f");
    assertThat(bytes.length).isGreaterThan(100_000);
    Random random = new Random(2);
    for (int i = 0; i < 40; i++) {
      int at = random.nextInt(bytes.length);
      byte mask = (byte) (1 << random.nextInt(8));
      bytes[at] ^= mask;
      assertThatThrownBy(() -> readAll(segment)).isInstanceOf(CorruptSegmentException.class);
      bytes[at] ^= mask;
    }
    readAll(segment);
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    SegmentRef segment = segment(40, 50);
    byte[] good = files.files().get("f");
    for (int length = 0; length < good.length; length++) {
      files.files().put("f", Arrays.copyOf(good, length));
      assertThatThrownBy(() -> readAll(segment)).isInstanceOf(CorruptSegmentException.class);
      // A storage that says it has all, and then does not.
      SegmentRef cut =
          new SegmentRef("f", length, segment.crc(), segment.firstGroup(), segment.lastGroup());
      assertThatThrownBy(() -> readAll(cut)).isInstanceOf(CorruptSegmentException.class);
    }
  }

  @Test
  void aFileThatIsGoneIsFound() throws IOException {
    SegmentRef segment = segment(40, 50);
    byte[] first = files.files().remove("f");
    assertThatThrownBy(() -> readAll(segment)).isInstanceOf(NoSuchFileException.class);
    files.files().put("f", first);
    readAll(segment);
  }

  @Test
  void aNewerVersionSaysSo() throws IOException {
    SegmentRef segment = segment(40, 50);
    byte[] bytes = files.files().get("f");
    int tail = bytes.length - SegmentFormat.TAIL_BYTES;
    ByteBuffer.wrap(bytes).putInt(tail + 16, SegmentFormat.VERSION + 1);
    byte[] checked = Arrays.copyOfRange(bytes, tail, tail + 20);
    ByteBuffer.wrap(bytes).putInt(tail + 20, SegmentWriter.crcOf(checked, 20));
    assertThatThrownBy(() -> SegmentReader.open(files, segment))
        .isInstanceOf(CorruptSegmentException.class)
        .hasMessageContaining("version " + (SegmentFormat.VERSION + 1))
        .hasMessageContaining("newer");
  }

  @Test
  void blocksOfOtherGroupsAreNotRead() throws IOException {
    Bytes key = new Bytes();
    byte[] noise = new byte[3000];
    SegmentRef segment =
        TestSegments.write(
            files,
            "f",
            64 << 10,
            log -> {
              for (int i = 0; i < 256 * 100; i++) {
                EntryKey.header(key, i / 100, StateModel.TRANSFORMS[0], EntryKey.Kind.VALUE);
                new Random(i).nextBytes(noise);
                log.put(key.putInt(1).putInt(i), new Bytes().put(noise));
              }
            });
    assertThat(segment.firstGroup()).isZero();
    assertThat(segment.lastGroup()).isEqualTo(255);
    TreeSet<Integer> groups = new TreeSet<>();
    KeyGroupRange wanted = new KeyGroupRange(128, 130);
    RecordCursor cursor =
        SegmentReader.open(files, segment).records(new SegmentFilter(wanted, hash -> true, true));
    while (cursor.next()) {
      groups.add(EntryKey.keyGroup(cursor.key()));
    }
    assertThat(groups).containsExactly(128, 129, 130);
    assertThat(files.bytesRead()).isLessThan(segment.bytes() / 25);
    SegmentFilter other =
        new SegmentFilter(KeyGroupRange.ALL, hash -> hash == StateModel.TRANSFORMS[1], true);
    long before = files.bytesRead();
    assertThat(SegmentReader.open(files, segment).records(other).next()).isFalse();
    assertThat(files.bytesRead() - before).isLessThan(100_000);
  }

  @Test
  void largeAndEmptyValuesAreKept() throws IOException {
    Bytes large = new Bytes();
    byte[] noise = new byte[1_000_003];
    new Random(1).nextBytes(noise);
    large.put(noise);
    StateModel model = new StateModel();
    SegmentRef segment =
        TestSegments.write(
            files,
            "f",
            64 << 10,
            log -> {
              Bytes key = EntryKey.header(new Bytes(), 9, 1, EntryKey.Kind.VALUE);
              for (ChangeLog each : List.of(log, model)) {
                each.put(key.truncate(EntryKey.HEADER_BYTES), new Bytes());
                each.put(key.putInt(1), large);
                each.put(key.put(noise), large);
              }
            });
    model.assertIs(files, List.of(segment), SegmentFilter.ALL, new MemoryDisk(0));
  }

  private SegmentRef segment(int seed, int changes) throws IOException {
    files.delete("f");
    Random random = new Random(seed);
    return TestSegments.write(
        files,
        "f",
        200,
        log -> {
          for (int i = 0; i < changes; i++) {
            StateModel.change(random, log);
          }
        });
  }

  private void readAll(SegmentRef segment) throws IOException {
    try (EntryCursor cursor =
        SegmentMerge.entries(
            files, List.of(segment), SegmentFilter.ALL, new MemoryDisk(Long.MAX_VALUE))) {
      while (cursor.next()) {
        cursor.key();
      }
    }
  }
}
