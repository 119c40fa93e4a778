package dev.sluice.examples.adclicks;

import dev.sluice.kafka.ExactlyOnce;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.kafka.KafkaIO;
import org.apache.beam.sdk.metrics.Counter;
import org.apache.beam.sdk.metrics.Metrics;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.IntervalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.joda.time.Duration;

/**
 * Clicks per ad and minute of event time, from a Kafka topic to a Kafka topic: a streaming
 * pipeline.
 *
 * <p>Every second it writes what it has counted so far, without waiting for the minute to be over.
 * When the watermark passes the end of the minute it writes the count again, and once more whenever
 * late clicks come in. Each count includes all before it, so the last one is right.
 */
final class AdClicks {
  static final String UNREADABLE = "unreadable";

  /** How much later than the watermark a click may be and still count. */
  static final Duration ALLOWED_LATENESS = Duration.standardMinutes(10);

  private static final Duration FIRING_DELAY = Duration.standardSeconds(1);

  private AdClicks() {}

  /**
   * What the pipeline reads and writes.
   *
   * @param speed how many seconds of event time pass in a second
   */
  record Topics(String bootstrapServers, String clicks, String counts, double speed) {}

  /** Adds the transforms to a pipeline. */
  static void addTo(Pipeline pipeline, Topics topics) {
    counts(pipeline, topics).apply("Write counts", write(topics));
  }

  /**
   * Adds the transforms to a pipeline, with a sink that writes every count once, whatever fails.
   *
   * @param shards how many transactions are written at a time; at most the partitions of the topic
   */
  static void addExactlyOnceTo(Pipeline pipeline, Topics topics, int shards) {
    counts(pipeline, topics)
        .apply(
            "Write counts",
            ExactlyOnce.of(write(topics).withEOS(shards, topics.counts() + "-sink")));
  }

  private static KafkaIO.Write<String, String> write(Topics topics) {
    return KafkaIO.<String, String>write()
        .withBootstrapServers(topics.bootstrapServers())
        .withTopic(topics.counts())
        .withKeySerializer(StringSerializer.class)
        .withValueSerializer(StringSerializer.class);
  }

  private static PCollection<KV<String, String>> counts(Pipeline pipeline, Topics topics) {
    double speed = topics.speed();
    return pipeline
        .apply(
            "Read clicks",
            KafkaIO.<byte[], String>read()
                .withBootstrapServers(topics.bootstrapServers())
                .withTopic(topics.clicks())
                .withKeyDeserializer(ByteArrayDeserializer.class)
                .withValueDeserializer(StringDeserializer.class)
                .withConsumerConfigUpdates(
                    Map.of(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest"))
                .withTimestampPolicyFactory(
                    (partition, previous) -> new ClickWatermark(speed, previous))
                .withoutMetadata())
        .apply("Lines", Values.create())
        .apply("Ad of click", ParDo.of(new AdOfClick()))
        .apply(
            "One-minute windows",
            Window.<String>into(FixedWindows.of(Duration.standardMinutes(1)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(
                            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(FIRING_DELAY))
                        .withLateFirings(
                            AfterProcessingTime.pastFirstElementInPane().plusDelayOf(FIRING_DELAY)))
                .withAllowedLateness(ALLOWED_LATENESS)
                .accumulatingFiredPanes())
        .apply("Count per ad", Count.perElement())
        .apply("Format", ParDo.of(new Format()));
  }

  /** The ad of each click; lines that are no clicks are dropped and counted. */
  static final class AdOfClick extends DoFn<String, String> {
    private final Counter unreadable = Metrics.counter(AdClicks.class, UNREADABLE);

    @ProcessElement
    public void process(@Element String line, OutputReceiver<String> out) {
      Click click;
      try {
        click = Click.parse(line);
      } catch (IllegalArgumentException e) {
        unreadable.inc();
        return;
      }
      out.output(click.ad());
    }
  }

  /** A count to its Kafka record, keyed so that all panes of an (ad, minute) stay in order. */
  static final class Format extends DoFn<KV<String, Long>, KV<String, String>> {
    @ProcessElement
    public void process(
        @Element KV<String, Long> count,
        IntervalWindow window,
        PaneInfo pane,
        OutputReceiver<KV<String, String>> out) {
      AdMinute key = new AdMinute(count.getKey(), Minute.of(window.start().getMillis()));
      boolean early = pane.getTiming() == PaneInfo.Timing.EARLY;
      ClickCount result = new ClickCount(key, count.getValue(), pane.getIndex(), early);
      out.output(KV.of(key.ad() + "@" + key.minute().startMs(), result.toLine()));
    }
  }
}
