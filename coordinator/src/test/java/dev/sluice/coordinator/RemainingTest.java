package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** It is a sorted set from which names go, and what it was before stays as it was. */
class RemainingTest {

  @Property(tries = 200, seed = "20261201")
  void itIsWhatASortedSetWouldBe(@ForAll @IntRange(max = 40) int names, @ForAll long seed) {
    TreeSet<Integer> model = new TreeSet<>();
    for (int i = 0; i < names; i++) {
      model.add(2 * i);
    }
    Remaining<Integer> remaining = Remaining.of(model);
    List<Integer> order = new ArrayList<>(model);
    Collections.shuffle(order, new Random(seed));
    for (int name : order) {
      Remaining<Integer> before = remaining;
      List<Integer> was = List.copyOf(before);

      remaining = before.without(name).without(name).without(name + 1);
      model.remove(name);

      assertThat(remaining).containsExactlyElementsOf(model).hasSize(model.size());
      for (int any = -1; any <= 2 * names; any++) {
        assertThat(remaining.contains(any)).isEqualTo(model.contains(any));
      }
      assertThat(before).containsExactlyElementsOf(was);
    }
    assertThat(remaining).isEmpty();
  }
}
