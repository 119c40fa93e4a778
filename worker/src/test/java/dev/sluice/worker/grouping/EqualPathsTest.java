package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.DefaultTrigger;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Never;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.TimestampCombiner;
import org.apache.beam.sdk.transforms.windowing.Trigger;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** Holds the specialised operators against the general one, over seeded random input. */
class EqualPathsTest {
  private static final int SEEDS = 150;

  @Test
  void windowedCombineEqualsTheGeneralPath() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Random random = new Random(seed);
      Window<KV<String, Long>> window = onceFiring(random);
      String what = "seed " + seed + ", " + window;
      List<Long> listed = new ArrayList<>();
      try (GroupingDriver fast = listing(window, GroupingDriver::combine, random);
          GroupingDriver general =
              GroupingDriver.generalCombine(
                  StringUtf8Coder.of(), VarLongCoder.of(), window, new Listing())) {
        assertThat(fast.operator()).as(what).isInstanceOf(WindowedCombineOperator.class);
      } catch (Exception e) {
        throw new AssertionError(what, e);
      }
    }
  }
}
