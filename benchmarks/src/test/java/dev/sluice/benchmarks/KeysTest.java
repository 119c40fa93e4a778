package dev.sluice.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Records have the keys that their distribution says. */
final class KeysTest {
  private static final int DRAWS = 1_000_000;

  @Test
  void zipfDrawsEachRankAboutAsOftenAsItsFormulaSays() {
    int count = 1_000;
    Keys keys = new Keys(count, Keys.Distribution.ZIPF, false);
    int[] drawn = new int[count];
    for (long index = 0; index < DRAWS; index++) {
      drawn[(int) keys.rank(Records.mix(index))]++;
    }
    double zeta = IntStream.rangeClosed(1, count).mapToDouble(i -> Math.pow(i, -0.99)).sum();
    assertThat(drawn[0] / (double) DRAWS).isCloseTo(1 / zeta, within(0.002));
    assertThat(drawn[1] / (double) DRAWS).isCloseTo(Math.pow(2, -0.99) / zeta, within(0.002));
    int seen = 0;
    double expected = 0;
    for (int rank = 0; rank < 100; rank++) {
      seen += drawn[rank];
      expected += Math.pow(rank + 1, -0.99) / zeta;
    }
    assertThat(seen / (double) DRAWS).isCloseTo(expected, within(0.03));
  }

  @Test
  void everyKeyIsThereAndFrequentOnesAreNoNeighbours() {
    Keys keys = new Keys(100, Keys.Distribution.ZIPF, false);
    assertThat(
            LongStream.range(0, DRAWS)
                .map(index -> keys.key(index, Records.mix(index)))
                .distinct()
                .count())
        .isEqualTo(100);
  }

  @Test
  void givesEachKeyItsFirstRecordInOrderIfAsked() {
    Keys keys = new Keys(1_000, Keys.Distribution.UNIFORM, true);
    assertThat(LongStream.range(0, 1_000).map(index -> keys.key(index, Records.mix(index))))
        .containsExactlyElementsOf(LongStream.range(0, 1_000).boxed().toList());
    assertThat(keys.key(1_000, 1_234_567)).isEqualTo(567);
  }
}
