package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.LoggedTask;
import dev.sluice.state.StateFixture;
import dev.sluice.state.TaskState;
import dev.sluice.state.error.KeyCollisionException;
import dev.sluice.state.key.KeyGroupRange;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.key.KeyHasher;
import dev.sluice.state.log.EntryCursor;
import dev.sluice.state.log.KeyDigest;
import dev.sluice.state.log.SegmentFilter;
import dev.sluice.state.log.SegmentSummary;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import dev.sluice.state.storage.SegmentRef;
import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.RocksDbStores;
import dev.sluice.state.store.StateMemory;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A key above 1 KB is stored once, under a digest; it is compared when it is found by that. */
class LongKeysTest {
  private static final int MEGABYTE = 1 << 20;
  private static final int MANY = 1_000;

  /** A string of so many bytes has two or three bytes more when encoded. */
  private static final List<Integer> LENGTHS = List.of(1_022, 1_023, MEGABYTE);

  private final AtomicInteger stores = new AtomicInteger();

  private static String key(int length, int number) {
    String end = "-" + number;
    return "x".repeat(length - end.length()) + end;
  }

  private static StateInternals select(StateFixture fixture, String key) {
    fixture.select(key);
    return fixture.state.stateInternals();
  }

  private static void fill(StateFixture fixture, String key, int number) {
    StateInternals state = select(fixture, key);
    state.state(StateNamespaces.global(), KeptLongKeys.VALUE).write(number);
    for (int i = 0; i < MANY; i++) {
      state.state(StateNamespaces.global(), KeptLongKeys.BAG).add(i);
      state.state(StateNamespaces.global(), KeptLongKeys.MAP).put("element-" + i, number);
    }
    for (int i = 0; i < 3; i++) {
      Instant at = Instant.ofEpochMilli(1_000L * i + number);
      fixture
          .state
          .timerInternals()
          .setTimer(StateNamespaces.global(), "t" + i, "", at, at, TimeDomain.EVENT_TIME);
    }
  }

  private static void check(StateFixture fixture, String key, int number) {
    StateInternals state = select(fixture, key);
    assertThat(state.state(StateNamespaces.global(), KeptLongKeys.VALUE).read()).isEqualTo(number);
    assertThat(state.state(StateNamespaces.global(), KeptLongKeys.BAG).read())
        .containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
    assertThat(state.state(StateNamespaces.global(), KeptLongKeys.MAP).get("element-7").read())
        .isEqualTo(number);
  }

  private static List<String> fill(StateFixture fixture) {
    List<String> keys = new ArrayList<>();
    for (int length : LENGTHS) {
      for (int i = 0; i < 2; i++) {
        fill(fixture, key(length, keys.size()), keys.size());
        keys.add(key(length, keys.size()));
      }
    }
    return keys;
  }

  private static void checkAll(StateFixture fixture, List<String> keys) {
    for (int i = 0; i < keys.size(); i++) {
      check(fixture, keys.get(i), i);
    }
    for (int t = 0; t < 3; t++) {
      for (int i = 0; i < keys.size(); i++) {
        assertThat(fixture.state.pollDue(TimeDomain.EVENT_TIME, 10_000).getTimestamp())
            .isEqualTo(Instant.ofEpochMilli(1_000L * t + i));
        assertThat(fixture.state.key()).isEqualTo(keys.get(i));
      }
    }
    for (int i = 0; i < keys.size(); i++) {
      check(fixture, keys.get(i), i);
      fixture.state.clearAll();
    }
    assertThat(fixture.state.keyCount()).isZero();
    assertThat(fixture.task.entryCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 100_000})
  void comesBackFromLogAndStore(long budgetBytes, @TempDir Path folder) {
    try (RocksDbStores rocks = new RocksDbStores(folder.resolve("stores"), 16 << 20)) {
      LoggedTask logged =
          new LoggedTask(memory(budgetBytes))
              .storesOf(() -> rocks.open("start-" + stores.incrementAndGet()));
      List<String> keys = fill(logged.start());
      StateFixture fixture = logged.restart();
      checkAll(fixture, keys);
      assertThat(logged.restart().task.entryCount()).isZero();
    }
  }

  @Test
  void comesBackAtOtherRanges() throws IOException {
    LoggedTask logged = new LoggedTask(memory(1));
    List<String> keys = fill(logged.start());
    logged.restart();
    KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
    int seen = 0;
    for (int part = 0; part < 4; part++) {
      KeyGroupRange range = KeyGroups.rangeOf(part, 4);
      StateFixture owner = new StateFixture();
      try (TaskState task = new TaskState(range, owner.area);
          EntryCursor saved = logged.saved(new SegmentFilter(range, hash -> true, true))) {
        while (saved.next()) {
          task.restore(saved.key(), saved.value());
        }
        KeyedState<String> state =
            task.keyed(
                StateFixture.TRANSFORM,
                StringUtf8Coder.of(),
                IntervalWindow.getCoder(),
                owner.times);
        task.restored();
        for (String key : keys) {
          int hash = hasher.hash(key);
          if (range.contains(KeyGroups.groupOf(hash))) {
            state.select(key, hash);
            assertThat(
                    state.stateInternals().state(StateNamespaces.global(), KeptLongKeys.BAG).read())
                .hasSize(MANY);
            seen++;
          }
        }
      }
    }
    assertThat(seen).isEqualTo(keys.size());
  }

  /** Neither elements nor timers repeat the key. */
  @Test
  void aKeyIsLoggedOnce() throws IOException {
    LoggedTask logged = new LoggedTask(null);
    fill(logged.start(), key(MEGABYTE, 1), 1);
    SegmentSummary summary = logged.summary();
    long bytes = summary.rows().stream().mapToLong(SegmentSummary.Row::bytes).sum();
    assertThat(bytes).isBetween((long) MEGABYTE, (long) MEGABYTE + 200 * MANY);
    assertThat(summary.rows())
        .filteredOn(row -> row.state().equals(SegmentSummary.KEYS))
        .singleElement()
        .satisfies(row -> assertThat(row.bytes()).isBetween(MEGABYTE + 20L, MEGABYTE + 40L));
    assertThat(summary.rows())
        .filteredOn(row -> row.state().startsWith("user/") || row.state().startsWith("("))
        .extracting(SegmentSummary.Row::entries)
        .containsExactlyInAnyOrder(1L, 1L, 3L, (long) MANY, (long) MANY);
  }

  @Test
  void aKeyOfOneKilobyteStandsWhole() throws IOException {
    assertThat(longestRecordKey(1_024)).isGreaterThan(1_024);
    assertThat(longestRecordKey(1_025)).isLessThan(100);
  }

  private static int longestRecordKey(int encodedBytes) throws IOException {
    LoggedTask logged = new LoggedTask(null);
    fill(logged.start(), key(encodedBytes - 2, 1), 1);
    logged.restart();
    int longest = 0;
    try (EntryCursor saved = logged.saved(SegmentFilter.ALL)) {
      while (saved.next()) {
        longest = Math.max(longest, saved.key().length);
      }
    }
    return longest;
  }

  private static StateMemory memory(long budgetBytes) {
    return budgetBytes == 0 ? null : new StateMemory(budgetBytes, HeapGauge.NONE);
  }

  /** All long keys of a group have the same digest now. */
  private static StateFixture colliding(StateFixture fixture) {
    fixture.state.codec.digest = (into, key, from, count) -> into.put(new byte[KeyDigest.BYTES]);
    return fixture;
  }

  /** Two long keys of one group. */
  private static List<String> sameGroup() {
    KeyHasher<String> hasher = KeyHasher.of(StringUtf8Coder.of());
    String one = key(2_000, 0);
    int group = KeyGroups.groupOf(hasher.hash(one));
    String other =
        IntStream.iterate(1, i -> i + 1)
            .mapToObj(i -> key(2_000, i))
            .filter(key -> KeyGroups.groupOf(hasher.hash(key)) == group)
            .findFirst()
            .orElseThrow();
    return List.of(one, other);
  }

  private static void write(StateFixture fixture, String key) {
    select(fixture, key).state(StateNamespaces.global(), KeptLongKeys.VALUE).write(1);
  }

  private static void assertRefused(Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOf(KeyCollisionException.class)
        .hasMessageContaining("transform " + StateFixture.TRANSFORM);
  }

  @Test
  void anotherKeyInTheStoreIsNotTakenForTheSelectedOne() {
    StateFixture fixture = colliding(new StateFixture(null, memory(1)));
    List<String> keys = sameGroup();
    write(fixture, keys.get(0));
    write(fixture, "other");
    write(fixture, "another");
    assertThat(fixture.state.hasKeysInStore()).isTrue();
    assertRefused(() -> fixture.select(keys.get(1)));
    fixture.expect(keys.get(1));
    assertRefused(fixture.state::fetch);
  }

  @Test
  void anotherKeyOnTheHeapIsNotLoggedInPlaceOfTheFirst() {
    LoggedTask logged = new LoggedTask(null);
    StateFixture fixture = colliding(logged.start());
    List<String> keys = sameGroup();
    write(fixture, keys.get(0));
    write(fixture, keys.get(1));
    assertRefused(logged::restart);
  }

  @Test
  void anotherKeyThatWasRestoredIsNotLoggedInPlaceOfTheFirst() {
    LoggedTask logged = new LoggedTask(null).atStart(LongKeysTest::colliding);
    List<String> keys = sameGroup();
    write(logged.start(), keys.get(0));
    StateFixture fixture = logged.restart();
    write(fixture, keys.get(1));
    assertRefused(logged::restart);
  }

  @Test
  void elementsOfAnotherKeyAreNotTakenForThoseOfTheFirst() {
    StateFixture fixture = colliding(new StateFixture());
    List<String> keys = sameGroup();
    fill(fixture, keys.get(0), 0);
    assertRefused(() -> fill(fixture, keys.get(1), 1));
  }

  @Test
  void aKeyThatIsGoneIsInNobodysWay() {
    LoggedTask logged = new LoggedTask(memory(1)).atStart(LongKeysTest::colliding);
    StateFixture fixture = logged.start();
    for (String key : sameGroup()) {
      fill(fixture, key, 1);
      write(fixture, "other");
      write(fixture, "another");
      check(fixture, key, 1);
      fixture.state.clearAll();
    }
    fixture = logged.restart();
    assertThat(fixture.state.keyCount()).as("other and another").isEqualTo(2);
  }

  static Stream<Path> kept() throws IOException, URISyntaxException {
    Path all = Path.of(LongKeysTest.class.getResource("/longkeys").toURI());
    try (Stream<Path> versions = Files.list(all)) {
      return versions.sorted().toList().stream();
    }
  }

  /** As they are, and merged to one sorted segment; what changes then is logged as it is now. */
  @ParameterizedTest
  @MethodSource("kept")
  void segmentsOfEachVersionAreRead(Path folder) throws IOException {
    FolderFiles files = new FolderFiles(new LocalFolder(folder), "test");
    List<SegmentRef> segments = List.of(ref(folder, "e1.seg"), ref(folder, "e2.seg"));
    for (long budgetBytes : new long[] {0, 1, 10_000}) {
      LoggedTask logged = new LoggedTask(memory(budgetBytes)).from(files, segments);
      StateFixture fixture = logged.startAgain();
      KeptLongKeys.check(fixture);
      fixture = logged.restart();
      KeptLongKeys.check(fixture);
      KeptLongKeys.fire(fixture);
      KeptLongKeys.check(logged.restart());
    }
  }

  private static SegmentRef ref(Path folder, String name) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(name));
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return new SegmentRef(name, bytes.length, (int) crc.getValue(), 0, 255);
  }
}
