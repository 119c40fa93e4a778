package dev.sluice.testing.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Where the sinks of a test's pipelines put what reaches them, by a name that the test chooses.
 *
 * <p>A sink gathers everything in the engine's own state until the end of time and then writes all
 * of it at once over what was there. So what it has after a crash is the answer that state gives,
 * whatever was replayed on the way.
 */
final class Collected {
  private static final Map<String, List<String>> BY_SINK = new ConcurrentHashMap<>();

  private Collected() {}

  /** Takes away and returns what reached the sink, each as {@link Datum#toString}, in any order. */
  static List<String> takeFrom(String sink) {
    List<String> elements = BY_SINK.remove(sink);
    return elements == null ? List.of() : elements;
  }

  /** A sink. */
  static final class Sink extends PTransform<PCollection<KV<Integer, Long>>, PDone> {
    private static final long serialVersionUID = 1;

    private final String sink;

    Sink(String sink) {
      this.sink = sink;
    }

    @Override
    public PDone expand(PCollection<KV<Integer, Long>> input) {
      input
          .apply("describe", ParDo.of(new DescribeFn()))
          .setCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of()))
          .apply("until the end", untilTheEnd(input.isBounded()))
          .apply("gather", GroupByKey.create())
          .apply("write", ParDo.of(new WriteFn(sink)));
      return PDone.in(input.getPipeline());
    }

    /** Beam wants a trigger named where input may never end. */
    private static Window<KV<Integer, String>> untilTheEnd(PCollection.IsBounded bounded) {
      Window<KV<Integer, String>> window = Window.into(new GlobalWindows());
      return bounded == PCollection.IsBounded.BOUNDED
          ? window
          : window
              .triggering(AfterWatermark.pastEndOfWindow())
              .withAllowedLateness(Duration.ZERO)
              .discardingFiredPanes();
    }
  }

  private static final class DescribeFn extends DoFn<KV<Integer, Long>, KV<Integer, String>> {
    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv,
        @Timestamp Instant timestamp,
        BoundedWindow window,
        OutputReceiver<KV<Integer, String>> out) {
      Datum datum = new Datum(kv.getKey(), kv.getValue(), timestamp.getMillis(), window);
      out.output(KV.of(0, datum.toString()));
    }
  }

  private static final class WriteFn extends DoFn<KV<Integer, Iterable<String>>, Void> {
    private final String sink;

    WriteFn(String sink) {
      this.sink = sink;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Iterable<String>> all) {
      List<String> elements = new ArrayList<>();
      all.getValue().forEach(elements::add);
      BY_SINK.put(sink, elements);
    }
  }
}
