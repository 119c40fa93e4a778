package dev.sluice.worker.watermark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CombinedWatermarkTest {
  private final CombinedWatermark combined = new CombinedWatermark();

  private void inputs(long[] watermarksMs, boolean[] idle) {
    combined.begin();
    for (int i = 0; i < watermarksMs.length; i++) {
      combined.add(watermarksMs[i], idle[i]);
    }
    combined.end();
  }

  @Test
  void withoutInputsItHasEnded() {
    inputs(new long[0], new boolean[0]);
    assertThat(combined.watermarkMs()).isEqualTo(Long.MAX_VALUE);
    assertThat(combined.activity()).isEqualTo(Activity.ENDED);
  }

  @Test
  void whatBeginsIdleHasItsWatermark() {
    inputs(new long[] {30, 20}, new boolean[] {true, true});
    assertThat(combined.watermarkMs()).isEqualTo(20);
    assertThat(combined.activity()).isEqualTo(Activity.IDLE);
  }

  /**
   * Whatever the inputs do: never back, never beyond an active one, never stuck behind an idle one.
   */
  @Test
  void isTheLeastOfThoseThatCount() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      CombinedWatermark watermark = new CombinedWatermark();
      long[] ms = new long[3];
      boolean[] idle = new boolean[3];
      long before = Long.MIN_VALUE;
      for (int step = 0; step < 50; step++) {
        int which = random.nextInt(3);
        ms[which] =
            random.nextInt(40) == 0 ? CombinedWatermark.END_MS : ms[which] + random.nextInt(9);
        idle[which] = random.nextInt(3) == 0;
        watermark.begin();
        long leastActive = Long.MAX_VALUE;
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
          watermark.add(ms[i], idle[i]);
          least = Math.min(least, ms[i]);
          leastActive = Math.min(leastActive, idle[i] ? Long.MAX_VALUE : ms[i]);
        }
        watermark.end();
        long expected = leastActive < CombinedWatermark.END_MS ? leastActive : least;
        assertThat(watermark.watermarkMs()).isEqualTo(Math.max(before, expected));
        before = watermark.watermarkMs();
      }
    }
  }
}
