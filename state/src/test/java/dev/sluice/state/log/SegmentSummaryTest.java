package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A summary names transforms and states, and looks into main records. */
class SegmentSummaryTest {
  private static final int A = StateModel.TRANSFORMS[0];
  private static final int B = StateModel.TRANSFORMS[1];
  private static final int STATE = EntryKey.nameHash("s");

  @Test
  void countsCellsTimersAndParts() throws IOException {
    TestFiles files = new TestFiles();
    SegmentRef segment =
        TestSegments.write(
            files,
            "f",
            100,
            log -> {
              for (int key = 0; key < 3; key++) {
                log.put(mainKey(key), mainRecord(key));
              }
              Bytes part = EntryKey.header(new Bytes(), 7, A, EntryKey.Kind.PART);
              part.putVarInt(2).putByte(1).putByte(2).putInt(STATE).putVarInt(0);
              log.put(part, new Bytes().putInt(1));
              Bytes value = EntryKey.header(new Bytes(), 7, B, EntryKey.Kind.VALUE).putInt(99);
              log.put(value, new Bytes());
              log.delete(value);
            });
    SegmentSummary summary = new SegmentSummary("least");
    summary.add(files, List.of(segment));
    assertThat(summary.rows())
        .containsExactly(
            new SegmentSummary.Row("A", SegmentSummary.KEYS, 3, 3 * 8),
            new SegmentSummary.Row("A", SegmentSummary.TIMERS, 3, 3 * 32),
            new SegmentSummary.Row("A", "s", 2 * 3 + 1, 2 * 3 * 9 + 18),
            new SegmentSummary.Row("B/C", "(hash 00000063)", 1, 10));
  }

  private static Bytes mainKey(int key) {
    return EntryKey.header(new Bytes(), 7, A, EntryKey.Kind.KEYED).putVarInt(1).putByte(key);
  }

  /** Two cells of 9 bytes, one timer of 32. */
  private static Bytes mainRecord(int hash) {
    Bytes record = new Bytes().putInt(hash).putVarInt(2);
    for (int cell = 0; cell < 2; cell++) {
      record.putByte(0).putInt(STATE).putVarInt(1).putByte(cell).putVarInt(1).putByte(5);
    }
    record.putVarInt(1).putByte('e').putVarInt(1).putByte(3).putVarInt(0);
    return record
        .putVarInt(3)
        .putByte('a')
        .putByte('b')
        .putByte('c')
        .putLong(1)
        .putLong(2)
        .putLong(3);
  }

  @Test
  void aValueThatIsNoMainRecordIsNotOne() {
    byte[] record = mainRecord(1).toByteArray();
    MainRecord.Visitor nobody =
        new MainRecord.Visitor() {
          @Override
          public void cell(int stateHash, int bytes) {}

          @Override
          public void timer(int bytes) {}
        };
    for (int length = 0; length < record.length; length++) {
      assertThat(MainRecord.visit(record, 0, length, nobody)).isFalse();
    }
    assertThat(MainRecord.visit(record, 0, record.length, nobody)).isTrue();
  }
}
