package dev.sluice.worker.pardo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.stage.BundleLimits;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.junit.jupiter.api.Test;

/** What an open bundle of a DoFn means for the watermark, and how bundles are counted. */
class DoFnBundlesTest {

  static final class Finishing extends DoFn<String, String> {
    @ProcessElement
    public void process() {}

    @FinishBundle
    public void finish() {}
  }

  static final class Starting extends DoFn<String, String> {
    @StartBundle
    public void start() {}

    @ProcessElement
    public void process() {}
  }

  static final class Plain extends DoFn<String, String> {
    @ProcessElement
    public void process() {}
  }

  private static ParDoHarness harness(DoFn<String, String> fn) throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of("x")).apply("fn", ParDo.of(fn));
    return ParDoHarness.open(pipeline, "fn");
  }

  private static Long bundles(ParDoHarness harness) {
    var counter = harness.metrics.tryGetCounter(DoFnBundles.COUNTER);
    return counter == null ? null : counter.getCumulative();
  }

  @Test
  void theWatermarkStaysWhileABundleIsOpenAtWhoseEndTheDoFnMayEmit() throws Exception {
    try (ParDoHarness harness = harness(new Finishing())) {
      harness.watermark(3);
      assertThat(harness.operator.outputWatermarkMs()).isEqualTo(3);
      harness.operator.startBundle();
      harness.receive("x");
      assertThat(harness.operator.holdsForBundle()).isFalse();
      harness.operator.advanceWatermark(5);
      assertThat(harness.operator.outputWatermarkMs()).isEqualTo(3);
      assertThat(harness.operator.holdsForBundle()).isTrue();
      harness.operator.finishBundle();
      assertThat(harness.operator.holdsForBundle()).isFalse();
      assertThat(harness.operator.outputWatermarkMs()).isEqualTo(5);
    }
  }

  @Test
  void theWatermarkPassesTheOpenBundleOfOneThatDoesNot() throws Exception {
    try (ParDoHarness harness = harness(new Starting())) {
      harness.operator.startBundle();
      harness.receive("x");
      harness.operator.advanceWatermark(5);
      assertThat(harness.operator.outputWatermarkMs()).isEqualTo(5);
      assertThat(harness.operator.holdsForBundle()).isFalse();
    }
  }

  @Test
  void bundlesAreCountedWhereTheDoFnLooksAtThem() throws Exception {
    try (ParDoHarness finishing = harness(new Finishing());
        ParDoHarness starting = harness(new Starting());
        ParDoHarness plain = harness(new Plain())) {
      assertThat(finishing.element("a", 0).element("b", 0)).satisfies(h -> bundlesAre(h, 2L));
      assertThat(starting.element("a", 0)).satisfies(h -> bundlesAre(h, 1L));
      assertThat(plain.element("a", 0)).satisfies(h -> bundlesAre(h, null));
      assertThat(plain.operator.bundleSize()).isNull();
    }
  }

  private static void bundlesAre(ParDoHarness harness, Long count) {
    assertThat(bundles(harness)).isEqualTo(count);
  }

  @Test
  void theSizeOfABundleIsOfWhatTheDoFnWasGiven() throws Exception {
    try (ParDoHarness harness = harness(new Finishing())) {
      harness.operator.startBundle();
      harness.receive("x").receive("y");
      var size = harness.operator.bundleSize();
      size.measure();
      assertThat(size.reaches(limits(2, 1_000))).isTrue();
      assertThat(size.reaches(limits(3, 1_000))).isFalse();
      assertThat(size.reaches(limits(3, 4))).as("a byte of text, one of length").isTrue();
      assertThat(size.reaches(limits(3, 5))).isFalse();
      assertThat(size.room(limits(100, 24), 7)).isEqualTo(10);
      size.reset();
      assertThat(size.reaches(limits(1, 1))).isFalse();
      assertThat(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis())
          .isEqualTo(harness.operator.outputWatermarkMs());
    }
  }

  private static BundleLimits limits(long elements, long bytes) {
    return new BundleLimits(elements, bytes, Long.MAX_VALUE);
  }
}
