package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTableTest {
  /** With few distinct hashes, long runs of colliding keys are made and broken up again. */
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1000, Integer.MAX_VALUE})
  void equalsAMap(int hashes) {
    Random random = new Random(hashes);
    KeyLookup<Long> lookup = new KeyLookup<>(VarLongCoder.of());
    KeyTable table = new KeyTable();
    Map<Long, KeyEntry> model = new HashMap<>();
    for (int step = 0; step < 30_000; step++) {
      boolean growing = (step / 3000) % 2 == 0;
      long key = random.nextInt(600);
      int hash = (int) (Math.floorMod(key * 31_337, (long) hashes) << 8);
      KeyEntry found = table.find(lookup, key, hash);
      assertThat(found).isSameAs(model.get(key));
      if (found == null && growing) {
        KeyEntry entry = lookup.newEntry(key, key, hash);
        table.insert(entry);
        model.put(key, entry);
      } else if (found != null && !growing) {
        table.remove(found);
        model.remove(key);
      }
      assertThat(table.size()).isEqualTo(model.size());
    }
    int walked = 0;
    for (int place = 0; place < table.capacity(); place++) {
      KeyEntry entry = table.entryAt(place);
      if (entry != null) {
        walked++;
        assertThat(model).containsEntry((Long) entry.key, entry);
      }
    }
    assertThat(walked).isEqualTo(model.size());
  }
}
