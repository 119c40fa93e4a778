package dev.sluice.state.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class KeyGroupsTest {
  @Test
  void everyGroupHasOneOwnerAndRangesAreContiguous() {
    for (int parallelism = 1; parallelism <= 300; parallelism++) {
      int next = 0;
      for (int task = 0; task < parallelism; task++) {
        KeyGroupRange range = KeyGroups.rangeOf(task, parallelism);
        assertThat(range.first()).isEqualTo(next);
        for (int group = range.first(); group <= range.last(); group++) {
          assertThat(KeyGroups.ownerOf(group, parallelism)).isEqualTo(task);
          assertThat(range.contains(group)).isTrue();
        }
        next = range.last() + 1;
      }
      assertThat(next).isEqualTo(KeyGroups.COUNT);
    }
  }

  @Test
  void groupIsTheHashModuloTheCountForNegativeHashesToo() {
    for (int hash : new int[] {0, 1, 255, 256, -1, -256, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(KeyGroups.groupOf(hash)).isEqualTo(Math.floorMod(hash, KeyGroups.COUNT));
    }
  }

  @Test
  void refusesATaskThatDoesNotExist() {
    assertThatThrownBy(() -> KeyGroups.rangeOf(4, 4)).hasMessageContaining("parallelism 4");
  }
}
