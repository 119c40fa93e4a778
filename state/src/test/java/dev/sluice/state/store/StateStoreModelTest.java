package dev.sluice.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.log.Bytes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Does the same random things to RocksDB, to the store on the heap and to a sorted map, and
 * compares what each read gives; cursors that stay open meanwhile show the past.
 */
class StateStoreModelTest {
  private static final int STEPS = 6_000;
  private static final long SMALL = 8L << 20;

  @TempDir Path folder;

  private final NavigableMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);
  private final List<StateStore> stores = new ArrayList<>();
  private final List<Walk> walks = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void bothAreASortedMap(long seed) {
    Random random = new Random(seed);
    try (RocksDbStores rocks = new RocksDbStores(folder.resolve("stores"), SMALL);
        StateStore.Factory maps = SortedMapStore.factory()) {
      stores.add(rocks.open("task 1/of 2"));
      stores.add(maps.open("task 1/of 2"));
      for (int step = 0; step < STEPS; step++) {
        doOne(random);
      }
      compareAll();
      kept.forEach(Kept::walk);
      for (StateStore store : stores) {
        store.close();
      }
    }
    assertThat(folder).isEmptyDirectory();
  }

  private void doOne(Random random) {
    int kind = random.nextInt(1_000);
    if (kind < 600) {
      put(key(random), value(random));
    } else if (kind < 750) {
      delete(key(random));
    } else if (kind < 850) {
      get(key(random));
    } else if (kind < 900) {
      getAll(random);
    } else if (kind < 930) {
      deletePrefix(prefix(random));
    } else if (kind < 950) {
      walk(prefix(random), key(random), random.nextBoolean());
    } else if (kind < 955) {
      for (int i = 0; i < 1_500; i++) {
        put(key(random), value(random));
      }
    } else if (kind < 956) {
      put(key(random), new byte[PendingWrites.FULL_BYTES * 2]);
    } else if (kind < 970) {
      view(random);
    } else {
      goOnWalking(random);
    }
  }

  /** Keeps a moment, or walks over one that is kept, or lets it go. */
  private void view(Random random) {
    if (kept.isEmpty() || random.nextInt(3) == 0) {
      byte[] prefix = prefix(random);
      for (StateStore store : stores) {
        kept.add(new Kept(store.view(bytes(prefix)), expected(prefix, prefix)));
      }
      return;
    }
    Kept one = kept.get(random.nextInt(kept.size()));
    one.walk();
    if (random.nextInt(3) == 0) {
      one.view.close();
      kept.remove(one);
    }
  }

  /** Few bytes of few values, so that prefixes meet; now and then a long one, and bytes of -1. */
  private static byte[] key(Random random) {
    byte[] key = new byte[random.nextInt(40) == 0 ? 200 : 2 + random.nextInt(12)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(4) - 1);
    }
    return key;
  }

  private static byte[] prefix(Random random) {
    return Arrays.copyOf(key(random), 1 + random.nextInt(6));
  }

  private static byte[] value(Random random) {
    byte[] value = new byte[random.nextInt(300)];
    random.nextBytes(value);
    return value;
  }

  private void put(byte[] key, byte[] value) {
    for (StateStore store : stores) {
      store.put(bytes(key), bytes(value));
    }
    model.put(key, value);
  }

  private void delete(byte[] key) {
    for (StateStore store : stores) {
      store.delete(bytes(key));
    }
    model.remove(key);
  }

  private void deletePrefix(byte[] prefix) {
    for (StateStore store : stores) {
      store.deletePrefix(bytes(prefix));
    }
    model.keySet().removeIf(key -> Prefixes.startsWith(key, prefix));
  }

  private void get(byte[] key) {
    for (StateStore store : stores) {
      assertThat(store.get(bytes(key))).isEqualTo(model.get(key));
    }
  }

  private void getAll(Random random) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> known = new ArrayList<>(model.keySet());
    for (int i = 0; i < 50; i++) {
      boolean hit = random.nextBoolean() && !known.isEmpty();
      keys.add(hit ? known.get(random.nextInt(known.size())) : key(random));
    }
    List<byte @Nullable []> expected = new ArrayList<>();
    keys.forEach(key -> expected.add(model.get(key)));
    for (StateStore store : stores) {
      List<byte @Nullable []> values = store.getAll(keys);
      assertThat(values).hasSize(keys.size());
      for (int i = 0; i < keys.size(); i++) {
        assertThat(values.get(i)).isEqualTo(expected.get(i));
      }
    }
  }

  private void walk(byte[] prefix, byte[] from, boolean fromStart) {
    for (StateStore store : stores) {
      List<Map.Entry<byte[], byte[]>> expected = expected(prefix, fromStart ? prefix : from);
      StateStore.Cursor cursor =
          fromStart ? store.scan(bytes(prefix)) : store.scan(bytes(prefix), bytes(from));
      walks.add(new Walk(cursor, expected));
    }
  }

  private List<Map.Entry<byte[], byte[]>> expected(byte[] prefix, byte[] from) {
    List<Map.Entry<byte[], byte[]>> expected = new ArrayList<>();
    model.forEach(
        (key, value) -> {
          if (Prefixes.startsWith(key, prefix) && Arrays.compareUnsigned(key, from) >= 0) {
            expected.add(Map.entry(key, value));
          }
        });
    return expected;
  }

  private void goOnWalking(Random random) {
    if (walks.isEmpty()) {
      return;
    }
    int which = random.nextInt(walks.size());
    Walk walk = walks.get(which);
    for (int i = random.nextInt(100); i >= 0; i--) {
      if (!walk.step()) {
        walks.remove(which);
        return;
      }
    }
    if (random.nextInt(4) == 0) {
      walk.cursor.close();
      walks.remove(which);
    }
  }

  private void compareAll() {
    for (StateStore store : stores) {
      try (StateStore.Cursor cursor = store.scan(new Bytes())) {
        model.forEach(
            (key, value) -> {
              assertThat(cursor.next()).isTrue();
              assertThat(cursor.key()).isEqualTo(key);
              assertThat(cursor.value()).isEqualTo(value);
            });
        assertThat(cursor.next()).isFalse();
      }
    }
  }

  private static Bytes bytes(byte[] array) {
    return new Bytes().put(array);
  }

  /**
   * A moment that is kept.
   *
   * @param expected what it shows
   */
  private record Kept(StateStore.View view, List<Map.Entry<byte[], byte[]>> expected) {
    /** From some entry on, or from a key between two. */
    void walk() {
      int first = expected.size() / 2;
      byte[] from = first == 0 ? new byte[0] : expected.get(first - 1).getKey();
      byte[] after = first == 0 ? from : Arrays.copyOf(from, from.length + 1);
      try (StateStore.Cursor cursor = view.scan(bytes(after))) {
        for (Map.Entry<byte[], byte[]> entry : expected.subList(first, expected.size())) {
          assertThat(cursor.next()).isTrue();
          assertThat(cursor.key()).isEqualTo(entry.getKey());
          assertThat(cursor.value()).isEqualTo(entry.getValue());
        }
        assertThat(cursor.next()).isFalse();
      }
    }
  }

  /** A cursor that is open, and what it still has to show. */
  private static final class Walk {
    private final StateStore.Cursor cursor;
    private final List<Map.Entry<byte[], byte[]>> expected;
    private int at;

    private Walk(StateStore.Cursor cursor, List<Map.Entry<byte[], byte[]>> expected) {
      this.cursor = cursor;
      this.expected = expected;
    }

    private boolean step() {
      boolean more = cursor.next();
      assertThat(more).isEqualTo(at < expected.size());
      if (!more) {
        cursor.close();
        return false;
      }
      assertThat(cursor.key()).isEqualTo(expected.get(at).getKey());
      assertThat(cursor.value()).isEqualTo(expected.get(at).getValue());
      at++;
      return true;
    }
  }
}
