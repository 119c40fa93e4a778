package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongMultisetTest {
  @ParameterizedTest
  @ValueSource(ints = {3, 50, 5000})
  void equalsASortedMapOfCounts(int spread) {
    Random random = new Random(spread);
    LongMultiset set = new LongMultiset();
    TreeMap<Long, Integer> model = new TreeMap<>();
    List<Long> in = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      boolean growing = (step / 2000) % 2 == 0;
      if (in.isEmpty() || random.nextInt(10) < (growing ? 7 : 3)) {
        long number = (long) random.nextInt(spread) - spread / 2;
        set.add(number);
        model.merge(number, 1, Integer::sum);
        in.add(number);
      } else {
        int at = random.nextInt(in.size());
        long number = in.set(at, in.get(in.size() - 1));
        in.remove(in.size() - 1);
        set.remove(number);
        model.computeIfPresent(number, (n, count) -> count == 1 ? null : count - 1);
      }
      if (random.nextInt(3) == 0) {
        assertThat(set.total()).isEqualTo(in.size());
        assertThat(set.least()).isEqualTo(model.isEmpty() ? Long.MAX_VALUE : model.firstKey());
        checkLeastBut(set, model, random);
      }
    }
  }

  private static void checkLeastBut(LongMultiset set, Map<Long, Integer> model, Random random) {
    TreeMap<Long, Integer> but = new TreeMap<>();
    long least = Long.MAX_VALUE;
    for (Map.Entry<Long, Integer> held : model.entrySet()) {
      int left = random.nextInt(3) == 0 ? 1 : 0;
      if (left < held.getValue()) {
        but.put(held.getKey(), held.getValue() - left);
      }
      if (least == Long.MAX_VALUE && but.getOrDefault(held.getKey(), 0) < held.getValue()) {
        least = held.getKey();
      }
    }
    assertThat(set.leastBut(but)).isEqualTo(least);
  }

  @Test
  void aHoldThatIsNotThereCannotBeTakenBack() {
    LongMultiset set = new LongMultiset();
    set.add(5);
    assertThatThrownBy(() -> set.remove(6)).hasMessageContaining("6");
    set.remove(5);
    assertThatThrownBy(() -> set.remove(5)).isInstanceOf(IllegalStateException.class);
  }

  /**
   * A timer that is set further and further out leaves nothing behind, though an older one stays.
   */
  @Test
  void whatWasTakenBackDoesNotPileUpBehindAnOldHold() {
    LongMultiset set = new LongMultiset();
    set.add(0);
    for (long at = 1; at < 100_000; at++) {
      set.add(at);
      if (at > 1) {
        set.remove(at - 1);
      }
    }
    assertThat(set.capacity()).isLessThan(1000);
    assertThat(set.least()).isZero();
  }
}
