package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.disk.Disk;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.SegmentRef;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A sorted map to which the same random changes are made as to a log. */
final class StateModel implements ChangeLog {
  static final int[] TRANSFORMS = {EntryKey.nameHash("A"), EntryKey.nameHash("B/C")};
  private static final int STATE = EntryKey.nameHash("s");

  private final TreeMap<String, String> entries = new TreeMap<>();

  /** Makes a random change to all of the logs. */
  static void change(Random random, ChangeLog... logs) {
    Bytes key = new Bytes();
    EntryKey.Kind kind = random.nextInt(4) == 0 ? EntryKey.Kind.SIDE : EntryKey.Kind.VALUE;
    EntryKey.header(key, random.nextInt(8), TRANSFORMS[random.nextInt(2)], kind);
    key.putInt(STATE);
    for (int length = random.nextInt(3); length > 0; length--) {
      key.putByte(random.nextInt(3));
    }
    int what = random.nextInt(20);
    Bytes value = new Bytes();
    if (what < 14) {
      byte[] content = new byte[random.nextInt(40)];
      random.nextBytes(content);
      value.put(content);
    } else if (what >= 18) {
      key.truncate(1 + random.nextInt(random.nextBoolean() ? key.size() : 1));
    }
    for (ChangeLog log : logs) {
      if (what < 14) {
        log.put(key, value);
      } else if (what < 18) {
        log.delete(key);
      } else if (key.size() < 5) {
        log.deletePrefix(key.truncate(1));
      } else {
        log.deletePrefix(key);
      }
    }
  }

  static StateNames names() {
    StateNames names = new StateNames();
    names.transform("A");
    names.transform("B/C");
    names.state("s");
    return names;
  }

  @Override
  public void put(Bytes key, Bytes value) {
    entries.put(hex(key.toByteArray()), hex(value.toByteArray()));
  }

  @Override
  public void delete(Bytes key) {
    entries.remove(hex(key.toByteArray()));
  }

  @Override
  public void deletePrefix(Bytes prefix) {
    entries.keySet().removeIf(key -> key.startsWith(hex(prefix.toByteArray())));
  }

  StateModel copy() {
    StateModel copy = new StateModel();
    copy.entries.putAll(entries);
    return copy;
  }

  /** Returns the entries that a filter wants. */
  Map<String, String> wanted(SegmentFilter filter) {
    TreeMap<String, String> wanted = new TreeMap<>(entries);
    wanted
        .keySet()
        .removeIf(key -> !filter.accepts(HexFormat.of().parseHex(key), key.length() / 2));
    return wanted;
  }

  /** Checks that the segments come to what a filter wants of the model, in order. */
  void assertIs(
      CheckpointFiles files, List<SegmentRef> segments, SegmentFilter filter, Disk scratch)
      throws IOException {
    TreeMap<String, String> found = new TreeMap<>();
    String last = "";
    try (EntryCursor cursor = SegmentMerge.entries(files, segments, filter, scratch)) {
      while (cursor.next()) {
        String key = hex(cursor.key());
        assertThat(key).isGreaterThan(last);
        found.put(key, hex(cursor.value()));
        last = key;
      }
    }
    assertThat(found).isEqualTo(wanted(filter));
  }

  static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
