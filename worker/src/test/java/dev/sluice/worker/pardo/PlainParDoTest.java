package dev.sluice.worker.pardo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.sluice.worker.pardo.ParDoHarness.Output;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.TransformException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * DoFns without side inputs, state or timers: parameters, outputs, errors and what a record costs.
 */
class PlainParDoTest {
  private static final IntervalWindow FIRST = new IntervalWindow(new Instant(0), new Instant(10));
  private static final IntervalWindow SECOND = new IntervalWindow(new Instant(10), new Instant(20));
  private static final TupleTag<String> MAIN = new TupleTag<>("main") {};
  private static final TupleTag<String> EXTRA = new TupleTag<>("extra") {};

  private static ParDoHarness harness(DoFn<String, String> fn) throws Exception {
    return ParDoHarness.open(pipelineOf(fn), "fn");
  }

  private static Pipeline pipelineOf(DoFn<String, String> fn) {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of("x"))
        .apply("fn", ParDo.of(fn).withOutputTags(MAIN, TupleTagList.of(EXTRA)));
    return pipeline;
  }

  /** Says all that a parameter can say. */
  static final class AllParameters extends DoFn<String, String> {
    @ProcessElement
    public void process(
        @Element String element,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        PaneInfo pane,
        PipelineOptions options,
        OutputReceiver<String> out,
        MultiOutputReceiver outs,
        ProcessContext c) {
      out.output(element + "@" + timestamp.getMillis() + " " + window + " " + pane.getIndex());
      outs.get(EXTRA).output(element + options.getRunner().getSimpleName());
      c.output(EXTRA, c.element() + c.timestamp().getMillis() + c.pane().getTiming());
      out.builder("built").setTimestamp(timestamp.plus(Duration.millis(1))).output();
    }
  }

  @Test
  void givesEveryParameter() throws Exception {
    try (ParDoHarness harness = harness(new AllParameters())) {
      harness.element("a", 3, FIRST, SECOND);
      assertEquals(
          List.of("a@3 " + FIRST + " 0", "built", "a@3 " + SECOND + " 0", "built"),
          harness.values("main"));
      assertEquals(
          List.of("aCrashingRunner", "a3UNKNOWN", "aCrashingRunner", "a3UNKNOWN"),
          harness.values("extra"));
      assertEquals(List.of(FIRST), harness.outputs.get(0).windows());
      assertEquals(4, harness.outputs.get(3).timestampMs());
    }
  }

  /** Does not look at windows. */
  static final class Upper extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element.toUpperCase(java.util.Locale.ROOT));
    }
  }

  @Test
  void leavesWindowsTogetherForThoseWhoDoNotLook() throws Exception {
    try (ParDoHarness harness = harness(new Upper())) {
      harness.element("a", 3, FIRST, SECOND);
      Output output = harness.outputs.get(0);
      assertEquals(1, harness.outputs.size());
      assertEquals("A", output.value());
      assertEquals(List.of(FIRST, SECOND), output.windows());
      assertSame(PaneInfo.NO_FIRING, output.pane());
    }
  }

  /** One field, converted. */
  static final class Field extends DoFn<Row, Long> {
    @ProcessElement
    public void process(@FieldAccess("n") @Element Long n, OutputReceiver<Long> out) {
      out.output(n + 1);
    }
  }

  @Test
  void convertsSchemaElements() throws Exception {
    Schema schema = Schema.builder().addInt64Field("n").build();
    Row row = Row.withSchema(schema).addValue(41L).build();
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.apply(Create.of(row).withRowSchema(schema)).apply("fn", ParDo.of(new Field()));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "fn")) {
      harness.element(row, 0);
      assertEquals(List.of(42L), harness.values());
    }
  }

  /** Emits from the end of its bundle only. */
  static final class AtTheEnd extends DoFn<String, String> {
    private int elements;

    @StartBundle
    public void start(StartBundleContext c) {
      elements = 0;
    }

    @ProcessElement
    public void process(BundleFinalizer finalizer) {
      elements++;
      finalizer.afterBundleCommit(Instant.ofEpochMilli(2_000_000), () -> {});
    }

    @FinishBundle
    public void finish(FinishBundleContext c) {
      c.output("" + elements, new Instant(5), FIRST);
      c.output(EXTRA, c.getPipelineOptions().getRunner().getSimpleName(), new Instant(6), SECOND);
    }
  }

  @Test
  void finishBundleNamesTimestampAndWindow() throws Exception {
    try (ParDoHarness harness = harness(new AtTheEnd())) {
      harness.element("a", 3, FIRST, SECOND);
      assertEquals(List.of("1"), harness.values("main"));
      assertEquals(List.of("CrashingRunner"), harness.values("extra"));
      assertEquals(List.of(5L, 6L), harness.timestamps());
      assertEquals(1, harness.callbacks.size());
    }
  }

  /** Emits at the timestamp that its element names. */
  static final class Backdating extends DoFn<String, String> {
    @ProcessElement
    public void process(ProcessContext c) {
      c.outputWithTimestamp(c.element(), new Instant(Long.parseLong(c.element())));
    }

    @Override
    @SuppressWarnings("deprecation")
    public Duration getAllowedTimestampSkew() {
      return Duration.standardSeconds(1);
    }
  }

  @Test
  void refusesOutputsBeyondTheSkew() throws Exception {
    try (ParDoHarness harness = harness(new Backdating())) {
      harness.element("500", 1500);
      assertEquals(List.of(500L), harness.timestamps());
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element("499", 1500));
      assertInstanceOf(IllegalArgumentException.class, failure.getCause());
      assertTrue(
          failure.getMessage().contains("minus the allowed skew (1 second)"), failure.getMessage());
    }
  }

  @Test
  void refusesOutputsAtTheEndOfTime() throws Exception {
    long endMs = BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis();
    try (ParDoHarness harness = harness(new Backdating())) {
      harness.element("" + (endMs - 1), 0);
      assertEquals(List.of(endMs - 1), harness.timestamps());
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element("" + endMs, 0));
      assertTrue(
          failure.getMessage().contains("elements must be before the end of time"),
          failure.getMessage());
    }
  }

  /** Emits at the end of time when the bundle ends. */
  static final class EndingAtTheEndOfTime extends DoFn<String, String> {
    @ProcessElement
    public void process() {}

    @FinishBundle
    public void finish(FinishBundleContext c) {
      c.output("x", BoundedWindow.TIMESTAMP_MAX_VALUE, FIRST);
    }
  }

  @Test
  void refusesOutputsOfABundlesEndAtTheEndOfTime() throws Exception {
    try (ParDoHarness harness = harness(new EndingAtTheEndOfTime())) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element("a", 0));
      assertTrue(
          failure.getMessage().contains("elements must be before the end of time"),
          failure.getMessage());
    }
  }

  /** Emits to an output nobody declared. */
  static final class Undeclared extends DoFn<String, String> {
    @ProcessElement
    public void process(ProcessContext c) {
      c.output(new TupleTag<String>("nobody"), "x");
    }
  }

  @Test
  void refusesUndeclaredOutputs() throws Exception {
    try (ParDoHarness harness = harness(new Undeclared())) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element("x", 0));
      assertTrue(failure.getMessage().contains("Unknown output tag"), failure.getMessage());
      assertTrue(failure.transform().startsWith("fn"), failure.transform());
    }
  }

  /** Throws a checked exception. */
  static final class Throwing extends DoFn<String, String> {
    @ProcessElement
    @SuppressWarnings("DoNotCallSuggester") // only Beam calls it
    public void process() throws java.io.IOException {
      throw new java.io.IOException("user's own");
    }
  }

  @Test
  void namesTheTransformThatThrew() throws Exception {
    try (ParDoHarness harness = harness(new Throwing())) {
      TransformException failure =
          assertThrows(TransformException.class, () -> harness.element("x", 0));
      assertInstanceOf(java.io.IOException.class, failure.getCause());
      assertEquals("user's own", failure.getCause().getMessage());
    }
  }

  /** Swallows whatever its output throws. */
  static final class Swallowing extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      try {
        out.output(element);
      } catch (RuntimeException e) {
        throw new IllegalStateException("wrapped by the user", e);
      }
    }
  }

  @Test
  void letsFailuresFromBelowPassAsTheyAre() throws Exception {
    TransformException below = new TransformException("below", new RuntimeException());
    Receiver failing =
        (value, timestampMs, windows, pane) -> {
          throw below;
        };
    try (ParDoHarness harness =
        ParDoHarness.open(
            pipelineOf(new Swallowing()), "fn", ParDoHarness.newState(), Map.of("main", failing))) {
      assertSame(below, assertThrows(TransformException.class, () -> harness.element("x", 0)));
    }
  }

  /** Counts its elements. */
  static final class Counting extends DoFn<String, String> {
    private final Counter counter = Metrics.counter("test", "elements");

    @ProcessElement
    public void process(@Element String element, OutputReceiver<String> out) {
      out.output(element);
      counter.inc();
    }
  }

  @Test
  void countsInTheStepOfTheTransform() throws Exception {
    try (ParDoHarness harness = harness(new Counting())) {
      harness.element("a", 0).element("b", 0);
      assertEquals(
          2, harness.metrics.getCounter(MetricName.named("test", "elements")).getCumulative());
    }
  }

  /** Cannot be read back. */
  static final class Unreadable extends DoFn<String, String> {
    @ProcessElement
    public void process() {}

    private Object readResolve() {
      throw new IllegalStateException("not here");
    }
  }

  @Test
  void namesTheTransformThatCannotBeRead() {
    Pipeline pipeline = pipelineOf(new Unreadable());
    TransformException failure =
        assertThrows(
            TransformException.class,
            () -> ParDoHarness.notOpen(pipeline, "fn", ParDoHarness.newState(), Map.of()));
    assertTrue(failure.transform().startsWith("fn"), failure.transform());
  }

  @Test
  void passesTheWatermarkThrough() throws Exception {
    try (ParDoHarness harness = harness(new Upper())) {
      harness.watermark(17);
      assertEquals(17, harness.operator.outputWatermarkMs());
    }
  }

  @Test
  void allocatesNothingPerRecord() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline
        .apply(Create.of("x"))
        .apply("fn", MapElements.into(TypeDescriptors.strings()).via((String s) -> s));
    long[] received = {0};
    Receiver counting = (value, timestampMs, windows, pane) -> received[0]++;
    String output = "output";
    try (ParDoHarness harness =
        ParDoHarness.open(pipeline, "fn", ParDoHarness.newState(), Map.of(output, counting))) {
      List<GlobalWindow> windows = List.of(GlobalWindow.INSTANCE);
      harness.operator.startBundle();
      run(harness, windows, 200_000);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      run(harness, windows, 1_000_000);
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      assertEquals(1_200_000, received[0]);
      assertTrue(bytes < 10_000, bytes + " bytes for 1,000,000 records");
    }
  }

  private static void run(ParDoHarness harness, List<GlobalWindow> windows, int records) {
    for (int i = 0; i < records; i++) {
      harness.operator.receive("x", i, windows, PaneInfo.NO_FIRING);
    }
  }
}
