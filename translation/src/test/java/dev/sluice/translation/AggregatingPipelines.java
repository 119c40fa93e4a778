package dev.sluice.translation;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.CombineWithContext;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Filter;
import org.apache.beam.sdk.transforms.FlatMapElements;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Mean;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.AfterWatermark;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Pipelines that count and sum. */
final class AggregatingPipelines {
  private AggregatingPipelines() {}

  /** Counts the words of a text, as a composite of its own. */
  private static final class CountWords
      extends PTransform<PCollection<String>, PCollection<KV<String, Long>>> {
    @Override
    public PCollection<KV<String, Long>> expand(PCollection<String> lines) {
      return lines
          .apply(
              "Extract words",
              FlatMapElements.into(TypeDescriptors.strings())
                  .via(line -> List.of(line.split("\\W+", -1))))
          .apply("Drop empty", Filter.by(word -> !word.isEmpty()))
          .apply("Count", Count.perElement());
    }
  }

  static void wordCount(Pipeline p) {
    p.apply("Read lines", TextIO.read().from("/books/*.txt"))
        .apply("Count words", new CountWords())
        .apply(
            "Format",
            MapElements.into(TypeDescriptors.strings())
                .via(count -> count.getKey() + ": " + count.getValue()))
        .apply("Write counts", TextIO.write().to("/counts/part").withSuffix(".txt"));
  }

  /** Names the user or the team of a score. */
  private static final class KeyBy extends SimpleFunction<String, KV<String, Integer>> {
    private final int column;

    KeyBy(int column) {
      this.column = column;
    }

    @Override
    public KV<String, Integer> apply(String line) {
      String[] columns = line.split(",", -1);
      return KV.of(columns[column], Integer.parseInt(columns[2]));
    }
  }

  /** Team scores by window with early and late panes; user scores so far, all the time. */
  static void leaderboard(Pipeline p) {
    PCollection<String> scores =
        p.apply(
            "Game events",
            TestStream.create(StringUtf8Coder.of())
                .addElements("ann,red,3", "bob,blue,5")
                .advanceWatermarkToInfinity());
    scores
        .apply(
            "Fixed windows",
            Window.<String>into(FixedWindows.of(Duration.standardMinutes(60)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(
                            AfterProcessingTime.pastFirstElementInPane()
                                .plusDelayOf(Duration.standardMinutes(5)))
                        .withLateFirings(
                            AfterProcessingTime.pastFirstElementInPane()
                                .plusDelayOf(Duration.standardMinutes(10))))
                .withAllowedLateness(Duration.standardMinutes(120))
                .accumulatingFiredPanes())
        .apply("Key by team", MapElements.via(new KeyBy(1)))
        .apply("Team scores", Sum.integersPerKey());
    scores
        .apply(
            "Global window",
            Window.<String>into(new GlobalWindows())
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(10)))
                .withAllowedLateness(Duration.ZERO)
                .accumulatingFiredPanes())
        .apply("Key by user", MapElements.via(new KeyBy(0)))
        .apply("User scores", Sum.integersPerKey());
  }

  /** Sessions merge: the Combine must not begin before the exchange. */
  static void sessions(Pipeline p) {
    p.apply("Clicks", Create.of("ann", "bob", "ann"))
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.standardMinutes(10))))
        .apply("Clicks per session", Count.perElement())
        .apply("Lengths", Values.create())
        .apply("By hour", Window.into(FixedWindows.of(Duration.standardHours(1))))
        .apply("Mean", Mean.<Long>globally().withoutDefaults());
  }

  static void globalCombineAsView(Pipeline p) {
    PCollection<Integer> numbers = p.apply("Numbers", Create.of(1, 2, 3));
    PCollectionView<Integer> total =
        numbers.apply("Total", Combine.globally(Sum.ofIntegers()).asSingletonView());
    numbers.apply("Share", ParDo.of(new Share(total)).withSideInputs(total));
  }

  private static final class Share extends DoFn<Integer, Double> {
    private final PCollectionView<Integer> total;

    Share(PCollectionView<Integer> total) {
      this.total = total;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.output((double) c.element() / c.sideInput(total));
    }
  }

  /** Sums what is above a limit that is a side input. */
  private static final class SumAbove
      extends CombineWithContext.CombineFnWithContext<Integer, Integer, Integer> {
    private final PCollectionView<Integer> limit;

    SumAbove(PCollectionView<Integer> limit) {
      this.limit = limit;
    }

    @Override
    public Integer createAccumulator(CombineWithContext.Context c) {
      return 0;
    }

    @Override
    public Integer addInput(Integer sum, Integer input, CombineWithContext.Context c) {
      return input > c.sideInput(limit) ? sum + input : sum;
    }

    @Override
    public Integer mergeAccumulators(Iterable<Integer> sums, CombineWithContext.Context c) {
      int total = 0;
      for (int sum : sums) {
        total += sum;
      }
      return total;
    }

    @Override
    public Integer extractOutput(Integer sum, CombineWithContext.Context c) {
      return sum;
    }
  }

  static void combineWithSideInput(Pipeline p) {
    PCollectionView<Integer> limit =
        p.apply("Limit", Create.of(10)).apply("As singleton", View.asSingleton());
    p.apply("Numbers", Create.of(KV.of("a", 7), KV.of("b", 12)))
        .apply(
            "Sum above limit",
            Combine.<String, Integer, Integer>perKey(new SumAbove(limit)).withSideInputs(limit));
  }

  static void hotKeyFanout(Pipeline p) {
    p.apply("Clicks", Create.of(KV.of("home", 1), KV.of("home", 1), KV.of("about", 1)))
        .apply(
            "Sum", Combine.<String, Integer, Integer>perKey(Sum.ofIntegers()).withHotKeyFanout(4));
  }

  static void testStreamWithTriggers(Pipeline p) {
    p.apply(
            "Stream",
            TestStream.create(VarIntCoder.of())
                .advanceWatermarkTo(Instant.ofEpochMilli(0))
                .addElements(1, 2, 3)
                .advanceProcessingTime(Duration.standardSeconds(5))
                .addElements(4)
                .advanceWatermarkToInfinity())
        .apply("By parity", WithKeys.of(number -> number % 2 == 0 ? "even" : "odd"))
        .setCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of()))
        .apply(
            "Minutes",
            Window.<KV<String, Integer>>into(FixedWindows.of(Duration.standardMinutes(1)))
                .triggering(
                    AfterWatermark.pastEndOfWindow()
                        .withEarlyFirings(AfterPane.elementCountAtLeast(2))
                        .withLateFirings(AfterPane.elementCountAtLeast(1)))
                .withAllowedLateness(Duration.standardMinutes(1))
                .discardingFiredPanes())
        .apply("Group", GroupByKey.create());
  }
}
