package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Records of long keys that were written by version 1 are read as version 2 writes them. */
class WholeKeyRecordsTest {
  private final TestFiles files = new TestFiles();
  private final Bytes key = new Bytes();

  private Bytes begin(EntryKey.Kind kind, int keyBytes) {
    EntryKey.header(key, 7, StateModel.TRANSFORMS[0], kind).putVarInt(keyBytes);
    return key.put(new byte[keyBytes]);
  }

  private static Bytes value(int content) {
    return new Bytes().putInt(content);
  }

  private List<String> recordsOf(int keyBytes) throws IOException {
    List<String> records = new ArrayList<>();
    String file = "f" + keyBytes;
    SegmentReader reader =
        SegmentReader.open(
            files,
            TestSegments.write(
                files,
                file,
                100,
                log -> {
                  log.put(begin(EntryKey.Kind.KEYED, keyBytes), value(1));
                  log.put(begin(EntryKey.Kind.PART, keyBytes).putInt(5).putVarInt(0), value(2));
                  log.delete(begin(EntryKey.Kind.KEYED, keyBytes));
                  log.deletePrefix(begin(EntryKey.Kind.PART, keyBytes).putInt(5));
                  log.put(begin(EntryKey.Kind.VALUE, keyBytes), value(3));
                }));
    try (RecordCursor at = new WholeKeyRecords(reader.records(SegmentFilter.ALL))) {
      while (at.next()) {
        records.add(
            String.format(
                "%d %c %d %d %d",
                at.op(),
                at.key()[EntryKey.HEADER_BYTES - 1],
                at.keyLength(),
                EntryKey.stateHash(at.key(), at.keyLength()),
                at.valueLength()));
      }
    }
    return records;
  }

  @Test
  void longKeysAreTurnedIntoDigestsAndOthersStay() throws IOException {
    // 6 bytes of header, 2 of the key's length or 16 of its digest, 4 of the state.
    int whole = 6 + 2 + 1_024;
    assertThat(recordsOf(1_024))
        .startsWith(
            "0 k " + whole + " 0 4",
            "0 p " + (whole + 5) + " 5 4",
            "1 k " + whole + " 0 0",
            "2 p " + (whole + 4) + " 5 0")
        .hasSize(5);
    assertThat(recordsOf(1_025))
        .startsWith("0 K 22 0 " + (2 + 1_025 + 4), "0 P 27 5 4", "1 K 22 0 0", "2 P 26 5 0")
        .hasSize(5)
        .last()
        .asString()
        .startsWith("0 v " + (6 + 2 + 1_025));
  }

  @Test
  void whatWasSortedIsSortedAgain() {
    for (int version = 1; version <= SegmentFormat.VERSION; version++) {
      SegmentFooter footer =
          new SegmentFooter(
              version, SegmentFormat.SORTED, new StateNames(), new SegmentCounts(), List.of());
      assertThat(footer.sorted()).isEqualTo(version > 1);
    }
  }
}
