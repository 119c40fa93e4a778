package dev.sluice.translation;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.GroupIntoBatches;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Redistribute;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.ToString;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** Pipelines that move, split, batch, store and check elements. */
final class ShapingPipelines {
  private ShapingPipelines() {}

  static void reshuffle(Pipeline p) {
    PCollection<KV<String, Integer>> pairs =
        p.apply("Pairs", Create.of(KV.of("a", 1), KV.of("b", 2)));
    pairs.apply("By key", Reshuffle.of()).apply("Group", GroupByKey.create());
    pairs.apply("At random", Reshuffle.viaRandomKey()).apply("Sizes", ToString.elements());
    pairs.apply("Redistribute keyed", Redistribute.byKey()).apply("K", ToString.elements());
    pairs.apply("Redistribute any", Redistribute.arbitrarily()).apply("A", ToString.elements());
  }

  static final class CountVisits extends DoFn<KV<String, Iterable<Integer>>, KV<String, Integer>> {
    @StateId("visits")
    private final StateSpec<ValueState<Integer>> visits = StateSpecs.value(VarIntCoder.of());

    @TimerId("flush")
    private final TimerSpec flush = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(
        @Element KV<String, Iterable<Integer>> element,
        @StateId("visits") ValueState<Integer> state,
        @TimerId("flush") Timer timer,
        OutputReceiver<KV<String, Integer>> out) {
      Integer before = state.read();
      state.write(before == null ? 1 : before + 1);
      timer.offset(Duration.standardMinutes(1)).setRelative();
      out.output(KV.of(element.getKey(), 1));
    }

    @OnTimer("flush")
    public void flush(@StateId("visits") ValueState<Integer> state) {
      state.clear();
    }
  }

  static void keyedStateAfterGrouping(Pipeline p) {
    p.apply("Visits", Create.of(KV.of("ann", 1), KV.of("bob", 2)))
        .apply("Group", GroupByKey.create())
        .apply("Count visits", ParDo.of(new CountVisits()))
        .apply("Group again", GroupByKey.create())
        .apply("Rewindow", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
        .apply("Count windows", ParDo.of(new CountVisits()));
  }

  static final class CountFn extends DoFn<KV<String, Integer>, Integer> {
    @StateId("count")
    private final StateSpec<ValueState<Integer>> count = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(@StateId("count") ValueState<Integer> state, OutputReceiver<Integer> out) {
      out.output(1);
    }
  }

  private static PCollection<KV<String, Integer>> inSessions(Pipeline p) {
    return p.apply("Pairs", Create.of(KV.of("a", 1), KV.of("b", 2)))
        .apply("Sessions", Window.into(Sessions.withGapDuration(Duration.standardMinutes(1))));
  }

  static void stateInSessions(Pipeline p) {
    inSessions(p).apply("Count", ParDo.of(new CountFn()));
  }

  static void stateInGroupedSessions(Pipeline p) {
    inSessions(p)
        .apply("Group", GroupByKey.create())
        .apply("Count visits", ParDo.of(new CountVisits()));
  }

  static void groupIntoBatches(Pipeline p) {
    PCollection<KV<String, Integer>> pairs =
        p.apply("Pairs", Create.of(KV.of("a", 1), KV.of("b", 2)));
    pairs.apply("Batches", GroupIntoBatches.ofSize(10));
    pairs.apply("Sharded", GroupIntoBatches.<String, Integer>ofSize(10).withShardedKey());
  }

  private static final TupleTag<String> SHORT = new TupleTag<>("short") {};
  private static final TupleTag<String> LONG = new TupleTag<>("long") {};
  private static final TupleTag<Integer> LENGTHS = new TupleTag<>("lengths") {};

  private static final class Sort extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String word, MultiOutputReceiver out) {
      out.get(word.length() < 5 ? SHORT : LONG).output(word);
      out.get(LENGTHS).output(word.length());
    }
  }

  static void severalOutputs(Pipeline p) {
    PCollectionTuple sorted =
        p.apply("Words", Create.of("a", "quick"))
            .apply(
                "Sort",
                ParDo.of(new Sort()).withOutputTags(SHORT, TupleTagList.of(LONG).and(LENGTHS)));
    sorted.get(SHORT).apply("Count short", Count.perElement());
    sorted.get(LENGTHS).apply("Lengths", ToString.elements());
  }

  /** Reads the numbers of a range, from its start on. */
  static final class Range extends DoFn<Integer, Long> {
    @GetInitialRestriction
    public OffsetRange initial(@Element Integer length) {
      return new OffsetRange(0, length);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<Long> out) {
      for (long i = tracker.currentRestriction().getFrom(); tracker.tryClaim(i); i++) {
        out.output(i);
      }
    }
  }

  static void splittable(Pipeline p) {
    p.apply("Lengths", Create.of(10, 20))
        .apply("Ranges", ParDo.of(new Range()))
        .apply(Count.perElement());
  }

  static void textWrite(Pipeline p) {
    p.apply("Lines", Create.of("a", "b")).apply("Write", TextIO.write().to("/out/part"));
  }

  static void windowedFileWrite(Pipeline p) {
    p.apply("Ticks", GenerateSequence.from(0).withRate(1, Duration.standardSeconds(1)))
        .apply("Minutes", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
        .apply("Lines", MapElements.into(TypeDescriptors.strings()).via(String::valueOf))
        .apply(
            "Write",
            FileIO.<String>write().via(TextIO.sink()).to("/out").withPrefix("t").withNumShards(2));
  }

  static void passert(Pipeline p) {
    PCollection<Integer> numbers = p.apply("Numbers", Create.of(1, 2));
    PAssert.that("The numbers", numbers).containsInAnyOrder(List.of(1, 2));
  }
}
