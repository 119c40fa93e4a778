package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import dev.sluice.worker.stage.TransformException;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.NonMergingWindowFn;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.transforms.windowing.WindowMappingFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Windows are those that the window function gives, whatever is remembered of it. */
class AssignWindowsTest {
  private static final GlobalWindow GLOBAL = GlobalWindow.INSTANCE;

  @Test
  void rememberedWindowsAreThoseOfTheFunction() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      WindowFn<Object, ?> fn = windows(random);
      WindowsByTime byTime = WindowsByTime.of(fn);
      long range = 1L << (1 + random.nextInt(40));
      for (int i = 0; i < 500; i++) {
        long timestampMs = timestamp(random, range);
        assertThat(List.copyOf(byTime.windowsAt(timestampMs)))
            .as("seed %s, %s at %s", seed, fn, timestampMs)
            .isEqualTo(List.copyOf(GroupingDriver.assign(fn, null, timestampMs)));
      }
    }
  }

  private static long timestamp(Random random, long range) {
    return switch (random.nextInt(50)) {
      case 0 -> BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();
      case 1 -> BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
      case 2 -> GLOBAL.maxTimestamp().getMillis();
      default -> Math.floorMod(random.nextLong(), range) - range / 3;
    };
  }

  private static WindowFn<Object, ?> windows(Random random) {
    Duration size = Duration.millis(1 + random.nextInt(1_000));
    Duration period = Duration.millis(1 + random.nextInt(1_000));
    return switch (random.nextInt(5)) {
      case 0 -> new GlobalWindows();
      case 1, 2 -> FixedWindows.of(size).withOffset(size.dividedBy(3));
      default -> SlidingWindows.of(size).every(period).withOffset(period.dividedBy(2));
    };
  }

  @Test
  void neighboursShareTheirWindows() {
    WindowsByTime byTime = WindowsByTime.of(FixedWindows.of(Duration.millis(10)));
    Collection<? extends BoundedWindow> first = byTime.windowsAt(1);
    assertThat(byTime.windowsAt(19)).isNotEqualTo(first);
    assertThat(byTime.windowsAt(9)).isSameAs(first);
  }

  @Test
  void functionsThatLookAtMoreThanTimeAreNotRemembered() {
    assertThat(WindowsByTime.of(Sessions.withGapDuration(Duration.millis(5)))).isNull();
    assertThat(WindowsByTime.of(new ByElement())).isNull();
  }

  @Test
  void anElementInSeveralWindowsIsAssignedOncePerWindow() {
    try (GroupingDriver driver = assigning(FixedWindows.of(Duration.millis(10)))) {
      driver.elementIn(KV.of("a", 1L), 25, List.of(window(0, 50), window(25, 75)));
      assertThat(driver.take())
          .extracting(Out::window)
          .containsExactly(window(20, 30), window(20, 30));
    }
  }

  @Test
  void anElementInNoWindowIsGone() {
    WindowFn<Object, ?> gaps = SlidingWindows.of(Duration.millis(2)).every(Duration.millis(10));
    try (GroupingDriver driver = assigning(gaps)) {
      driver.elementIn(KV.of("a", 1L), 5, List.of(GLOBAL));
      driver.elementIn(KV.of("a", 2L), 11, List.of(GLOBAL));
      assertThat(driver.take()).extracting(Out::window).containsExactly(window(10, 12));
    }
  }

  @Test
  void aFunctionSeesTheElementItsTimeAndItsWindow() {
    try (GroupingDriver driver = assigning(new ByElement())) {
      driver.elementIn(KV.of("a", 7L), 5, List.of(window(0, 100)));
      assertThat(driver.take()).extracting(Out::window).containsExactly(window(5, 107));
    }
  }

  @Test
  void aFunctionThatThrowsIsNamedByItsTransform() {
    try (GroupingDriver driver = assigning(new ByElement())) {
      assertThatThrownBy(() -> driver.elementIn(KV.of("a", -1L), 5, List.of(window(0, 100))))
          .isInstanceOf(TransformException.class)
          .hasMessageContaining("Window")
          .hasRootCauseMessage("negative");
    }
  }

  private static GroupingDriver assigning(WindowFn<Object, ?> fn) {
    return GroupingSubject.assignWindows(
            StringUtf8Coder.of(), VarLongCoder.of(), Window.<KV<String, Long>>into(fn))
        .chosenAssignWindows();
  }

  private static IntervalWindow window(long startMs, long endMs) {
    return new IntervalWindow(Instant.ofEpochMilli(startMs), Instant.ofEpochMilli(endMs));
  }

  /** From the element's time to the end of its window and as much longer as its value says. */
  private static final class ByElement extends NonMergingWindowFn<Object, IntervalWindow> {
    @Override
    public Collection<IntervalWindow> assignWindows(AssignContext c) {
      long value = (Long) ((KV<?, ?>) c.element()).getValue();
      if (value < 0) {
        throw new IllegalArgumentException("negative");
      }
      return List.of(
          new IntervalWindow(
              c.timestamp(), c.window().maxTimestamp().plus(Duration.millis(value + 1))));
    }

    @Override
    @SuppressWarnings("deprecation") // it is abstract all the same
    public boolean isCompatible(WindowFn<?, ?> other) {
      return other instanceof ByElement;
    }

    @Override
    public Coder<IntervalWindow> windowCoder() {
      return IntervalWindow.getCoder();
    }

    @Override
    public WindowMappingFn<IntervalWindow> getDefaultWindowMappingFn() {
      throw new UnsupportedOperationException();
    }
  }
}
