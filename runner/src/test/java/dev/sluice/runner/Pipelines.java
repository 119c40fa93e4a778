package dev.sluice.runner;

import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.metrics.BoundedTrie;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.DelegatingHistogram;
import org.apache.beam.sdk.metrics.Distribution;
import org.apache.beam.sdk.metrics.Gauge;
import org.apache.beam.sdk.metrics.Histogram;
import org.apache.beam.sdk.metrics.MetricName;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.metrics.StringSet;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.HistogramData;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.collect.ImmutableList;

/** Pipelines for the tests of this package. */
final class Pipelines {
  private Pipelines() {}

  /** An empty pipeline for {@code --runner=SluiceRunner} and more options. */
  static Pipeline create(String... moreArgs) {
    String[] args = new String[moreArgs.length + 1];
    args[0] = "--runner=SluiceRunner";
    System.arraycopy(moreArgs, 0, args, 1, moreArgs.length);
    return Pipeline.create(PipelineOptionsFactory.fromArgs(args).create());
  }

  /** Three numbers, each counted in every kind of metric. */
  static Pipeline counting() {
    Pipeline pipeline = create();
    pipeline.apply(Create.of(1L, 2L, 3L)).apply("Count", ParDo.of(new CountFn()));
    return pipeline;
  }

  /** Three numbers, one of which throws. */
  static Pipeline failing() {
    Pipeline pipeline = create();
    pipeline.apply(Create.of(1L, 2L, 3L)).apply("Refuse", ParDo.of(new RefuseTwoFn()));
    return pipeline;
  }

  /** Numbers without end, each counted. */
  static Pipeline endless(String... args) {
    Pipeline pipeline = create(args);
    pipeline.apply(GenerateSequence.from(0)).apply("Count", ParDo.of(new CountFn()));
    return pipeline;
  }

  /** Counts in every kind of metric. */
  static final class CountFn extends DoFn<Long, Long> {
    private final Counter counter = Metrics.counter("test", "counter");
    private final Distribution distribution = Metrics.distribution("test", "distribution");
    private final Gauge gauge = Metrics.gauge("test", "gauge");
    private final StringSet strings = Metrics.stringSet("test", "strings");
    private final BoundedTrie trie = Metrics.boundedTrie("test", "trie");
    private final Histogram histogram =
        new DelegatingHistogram(
            MetricName.named("test", "histogram"), HistogramData.LinearBuckets.of(0, 1, 10), false);

    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      counter.inc();
      distribution.update(element);
      gauge.set(7);
      strings.add(element < 3 ? "few" : "many");
      trie.add(ImmutableList.of("a", element < 3 ? "b" : "c"));
      histogram.update((double) (element % 10));
      out.output(element);
    }
  }

  /** Throws at the number two. */
  static final class RefuseTwoFn extends DoFn<Long, Long> {
    @ProcessElement
    public void process(@Element Long element, OutputReceiver<Long> out) {
      if (element == 2) {
        throw new IllegalStateException("two is refused");
      }
      out.output(element);
    }
  }
}
