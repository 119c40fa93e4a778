package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.grouping.GroupingDriver.Out;
import dev.sluice.worker.stage.TransformException;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A window that the watermark never passes is refused, not lost, on every path. */
class EndOfTimeTest {
  private static final Duration MINUTE = Duration.standardMinutes(1);

  static Stream<Function<Window<KV<String, Long>>, GroupingDriver>> groupings() {
    return Stream.of(
        window -> subject(window).chosenGroupByKey(),
        window -> subject(window).generalGroupByKey(),
        window -> subject(window).collectView(),
        window -> summing(window).chosenCombine(),
        window -> summing(window).generalCombine());
  }

  private static GroupingSubject subject(Window<KV<String, Long>> window) {
    return GroupingSubject.groupByKey(StringUtf8Coder.of(), VarLongCoder.of(), window);
  }

  private static GroupingSubject summing(Window<KV<String, Long>> window) {
    return GroupingSubject.combine(StringUtf8Coder.of(), VarLongCoder.of(), window, Sum.ofLongs());
  }

  private static Stream<WindowFn<Object, ?>> functions() {
    return Stream.of(SlidingWindows.of(MINUTE).every(MINUTE), Sessions.withGapDuration(MINUTE));
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void aWindowThatEndsThereIsRefused(Function<Window<KV<String, Long>>, GroupingDriver> made) {
    long lastMs = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis() - 1;
    functions()
        .forEach(
            fn -> {
              try (GroupingDriver driver = made.apply(Window.into(fn))) {
                assertThatThrownBy(() -> driver.element(KV.of("a", 1L), lastMs))
                    .as("%s", fn)
                    .isInstanceOf(TransformException.class)
                    .hasMessageContaining("group")
                    .hasMessageContaining("is not before the end of time");
              }
            });
  }

  @ParameterizedTest
  @MethodSource("groupings")
  void oneThatEndsBeforeIsEmitted(Function<Window<KV<String, Long>>, GroupingDriver> made) {
    long lastMs = GlobalWindow.INSTANCE.maxTimestamp().getMillis();
    functions()
        .forEach(
            fn -> {
              try (GroupingDriver driver = made.apply(Window.into(fn))) {
                driver.element(KV.of("a", 1L), lastMs).end();
                assertThat(driver.take()).as("%s", fn).extracting(Out::value).hasSize(1);
              }
            });
  }
}
