package dev.sluice.translation;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.transforms.Count;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Latest;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.Max;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.join.CoGbkResult;
import org.apache.beam.sdk.transforms.join.CoGroupByKey;
import org.apache.beam.sdk.transforms.join.KeyedPCollectionTuple;
import org.apache.beam.sdk.transforms.windowing.AfterProcessingTime;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.GlobalWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.PCollectionView;
import org.apache.beam.sdk.values.TupleTag;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/** Pipelines that bring several inputs together. */
final class JoiningPipelines {
  private JoiningPipelines() {}

  private static final Duration TEN_SECONDS = Duration.standardSeconds(10);

  /** Persons and auctions as Nexmark has them, by the id that joins them. */
  private static PCollection<KV<Long, String>> generated(Pipeline p, String what) {
    return p.apply(what, GenerateSequence.from(0).withRate(100, Duration.standardSeconds(1)))
        .apply(
            what + " by id", WithKeys.of((Long id) -> id % 50).withKeyType(TypeDescriptors.longs()))
        .apply(
            what + " as text",
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.longs(), TypeDescriptors.strings()))
                .via(e -> KV.of(e.getKey(), what + e.getValue())));
  }

  private static final class Match extends DoFn<KV<Long, CoGbkResult>, String> {
    private final TupleTag<String> persons;
    private final TupleTag<String> auctions;

    Match(TupleTag<String> persons, TupleTag<String> auctions) {
      this.persons = persons;
      this.auctions = auctions;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      for (String person : c.element().getValue().getAll(persons)) {
        for (String auction : c.element().getValue().getAll(auctions)) {
          c.output(person + auction);
        }
      }
    }
  }

  /** New users and the auctions they open within the same window. */
  static void coGroupByKey(Pipeline p) {
    TupleTag<String> persons = new TupleTag<>("persons");
    TupleTag<String> auctions = new TupleTag<>("auctions");
    KeyedPCollectionTuple.of(
            persons,
            generated(p, "Persons").apply("P window", Window.into(FixedWindows.of(TEN_SECONDS))))
        .and(
            auctions,
            generated(p, "Auctions").apply("A window", Window.into(FixedWindows.of(TEN_SECONDS))))
        .apply("Join", CoGroupByKey.create())
        .apply("Match", ParDo.of(new Match(persons, auctions)));
  }

  /** Bids of a stream, looked up in a table that is a side input. */
  private static final class LookUp extends DoFn<KV<Long, String>, String> {
    private final PCollectionView<Map<Long, String>> table;

    LookUp(PCollectionView<Map<Long, String>> table) {
      this.table = table;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      c.output(c.element().getValue() + c.sideInput(table).get(c.element().getKey()));
    }
  }

  static void sideInputJoin(Pipeline p) {
    PCollectionView<Map<Long, String>> table =
        p.apply("Table", Create.of(KV.of(1L, "one"), KV.of(2L, "two")))
            .apply("As map", View.asMap());
    generated(p, "Bids")
        .apply("Look up", ParDo.of(new LookUp(table)).withSideInputs(table))
        .apply("Windows", Window.into(FixedWindows.of(TEN_SECONDS)))
        .apply("Count", Count.perElement());
  }

  /** A value that is made anew every ten seconds, for a stream to look at. */
  static void slowlyChangingSideInput(Pipeline p) {
    PCollectionView<Long> newest =
        p.apply("Ticks", GenerateSequence.from(0).withRate(1, TEN_SECONDS))
            .apply(
                "As they come",
                Window.<Long>into(new GlobalWindows())
                    .triggering(Repeatedly.forever(AfterProcessingTime.pastFirstElementInPane()))
                    .discardingFiredPanes())
            .apply("Latest", Latest.globally())
            .apply("Newest", View.asSingleton());
    generated(p, "Bids")
        .apply("Bid text", Values.create())
        .apply("Look", ParDo.of(new LookAtAll(List.of(newest))).withSideInputs(newest));
  }

  private static final class LookAtAll extends DoFn<String, String> {
    private final List<PCollectionView<?>> views;

    LookAtAll(List<PCollectionView<?>> views) {
      this.views = views;
    }

    @ProcessElement
    public void process(ProcessContext c) {
      views.forEach(view -> c.output(c.element() + c.sideInput(view)));
    }
  }

  /**
   * Singleton, iterable, list, map, multimap, windowed ones, one of the main input itself, in two
   * stages.
   */
  static void sideInputsOfAllKinds(Pipeline p) {
    PCollection<String> main =
        p.apply("Main", Create.of("a", "b"))
            .apply("Fixed", Window.into(FixedWindows.of(TEN_SECONDS)));
    PCollection<KV<String, String>> pairs = p.apply("Pairs", Create.of(KV.of("a", "1")));
    PCollection<String> other = p.apply("Other", TextIO.read().from("/other"));
    PCollectionView<Long> singleton =
        other.apply("Count", Count.globally()).apply("Singleton", View.asSingleton());
    PCollectionView<Iterable<String>> iterable = other.apply("Iterable", View.asIterable());
    PCollectionView<List<String>> list = main.apply("List", View.asList());
    PCollectionView<Map<String, String>> map = pairs.apply("Map", View.asMap());
    PCollectionView<Map<String, Iterable<String>>> multimap =
        pairs
            .apply(
                "Sliding",
                Window.into(SlidingWindows.of(TEN_SECONDS).every(Duration.standardSeconds(5))))
            .apply("Multimap", View.asMultimap());
    List<PCollectionView<?>> all = List.of(singleton, iterable, list, map, multimap);
    main.apply("Look", ParDo.of(new LookAtAll(all)).withSideInputs(all))
        .apply("Count looks", Count.perElement())
        .apply("Keys", MapElements.into(TypeDescriptors.strings()).via(KV::getKey))
        .apply("Look again", ParDo.of(new LookAtAll(List.of(map))).withSideInputs(map));
  }

  static void nestedFlattens(Pipeline p) {
    PCollection<String> a = p.apply("A", TextIO.read().from("/a"));
    PCollection<String> b = p.apply("B", TextIO.read().from("/b"));
    PCollection<String> c = p.apply("C", Create.of("c"));
    PCollection<String> nothing =
        PCollectionList.<String>empty(p)
            .apply("Nothing", Flatten.pCollections())
            .setCoder(StringUtf8Coder.of());
    PCollection<String> inner = PCollectionList.of(a).and(b).apply("Inner", Flatten.pCollections());
    PCollectionList.of(List.of(inner, c, a, nothing))
        .apply("Outer", Flatten.pCollections())
        .apply("Count", Count.perElement());
    PCollectionView<Long> count =
        inner.apply("Count inner", Count.globally()).apply("As view", View.asSingleton());
    inner.apply("Look", ParDo.of(new LookAtAll(List.of(count))).withSideInputs(count));
  }

  static void flattenOfReads(Pipeline p) {
    PCollection<KV<String, Long>> old =
        p.apply("Old", TextIO.read().from("/old")).apply("Old pairs", ParDo.of(new Parse()));
    PCollection<KV<String, Long>> recent =
        p.apply("Recent", TextIO.read().from("/recent")).apply("New pairs", ParDo.of(new Parse()));
    PCollection<KV<String, Long>> both =
        PCollectionList.of(old).and(recent).apply("Both", Flatten.pCollections());
    both.apply("Group", GroupByKey.create());
    both.apply("Greatest", Max.longsPerKey());
  }

  private static final class Parse extends DoFn<String, KV<String, Long>> {
    @ProcessElement
    public void process(@Element String line, OutputReceiver<KV<String, Long>> out) {
      out.output(KV.of(line, (long) line.length()));
    }
  }
}
