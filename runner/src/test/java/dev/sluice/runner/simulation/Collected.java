package dev.sluice.runner.simulation;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/** Where the sinks of a test's pipelines put what reaches them, by a name that the test chooses. */
final class Collected {
  private static final Map<String, List<Datum>> BY_SINK = new ConcurrentHashMap<>();

  private Collected() {}

  /** Takes away and returns what reached the sink, in any order. */
  static List<Datum> takeFrom(String sink) {
    List<Datum> elements = BY_SINK.remove(sink);
    return elements == null ? List.of() : elements;
  }

  /** A sink. */
  static final class SinkFn extends DoFn<KV<Integer, Long>, Void> {
    private final String sink;

    SinkFn(String sink) {
      this.sink = sink;
    }

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> kv, @Timestamp Instant timestamp, BoundedWindow window) {
      BY_SINK
          .computeIfAbsent(sink, name -> Collections.synchronizedList(new ArrayList<>()))
          .add(new Datum(kv.getKey(), kv.getValue(), timestamp.getMillis(), window));
    }
  }
}
