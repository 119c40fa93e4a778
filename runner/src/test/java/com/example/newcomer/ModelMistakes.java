package com.example.newcomer;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.Timer;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SimpleFunction;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** Rules of Beam, and places in the world, that a newcomer gets wrong. */
final class ModelMistakes {
  private static final String LINE = "at com.example.newcomer.ModelMistakes.";
  private static final Duration MINUTE = Duration.standardMinutes(1);

  private ModelMistakes() {}

  static List<Mistake> all() {
    return List.of(
        Mistake.in("a class without a coder", ModelMistakes::withoutCoder)
            .says("a default Coder for Make/", "ModelMistakes$Point", "@DefaultCoder", LINE),
        Mistake.in("an accumulator without a coder", ModelMistakes::withoutAccumulatorCoder)
            .says("a default Coder for Average/", "override getAccumulatorCoder", LINE),
        Mistake.in("a key whose coder is not deterministic", ModelMistakes::keyedByDouble)
            .says("DoubleCoder is not deterministic", "such as a String or a long", LINE),
        Mistake.in("null, which its coder refuses", ModelMistakes::nulls)
            .says("'Group'", "cannot encode a null String", "NullableCoder.of(coder)"),
        Mistake.in(
                "a field that is not serializable",
                p -> p.apply(Create.of("a")).apply("Stubborn", ParDo.of(new Stubborn())))
            .says("'Stubborn/", "lock", "java.lang.Object", "transient"),
        Mistake.in(
                "display data that throws",
                p -> p.apply(Create.of("a")).apply("Shy", ParDo.of(new Shy())))
            .says("'Shy/", "IllegalStateException: not yet known", LINE.replaceFirst("\\.$", "")),
        Mistake.in(
                "a primitive of one's own",
                p -> p.apply(Create.of("a")).apply("Black box", new BlackBox()))
            .says("'Black box'", "a primitive that Sluice does not know", "Make it a composite"),
        Mistake.in("a GroupByKey that would never fire", ModelMistakes::neverGrouped)
            .says("GlobalWindow without a trigger", "Use a Window.into", LINE),
        Mistake.in("state without a key", p -> p.apply(Create.of("a")).apply(ParDo.of(new Seen())))
            .says("KvCoder in order to use state", "make the input a KV", LINE),
        Mistake.in("a timer without a key", p -> p.apply(Create.of("a")).apply(ParDo.of(new Due())))
            .says("KvCoder in order to use state and timers", "make the input a KV", LINE),
        Mistake.in("state in sessions", ModelMistakes::stateInSessions)
            .says("'Seen/", "the windows of its input still merge", "Apply a GroupByKey before it"),
        Mistake.in("a Flatten of different windows", ModelMistakes::flattenOfDifferentWindows)
            .says("incompatible window windowFns", "Apply the same Window.into(...)", LINE),
        Mistake.in("names that occur twice", ModelMistakes::namesTwice)
            .with("--stableUniqueNames=ERROR")
            .says("do not have stable unique names: Numbers", "adding a name when you call apply"),
        Mistake.in(
                "an input file that is not there",
                p -> p.apply("Lines", TextIO.read().from("/no/such/file.txt")))
            .says("'Lines/Read'", "No files matched spec: /no/such/file.txt"),
        Mistake.in(
                "a pattern that matches no file",
                p -> p.apply("Lines", TextIO.read().from("/no/such/*.txt")))
            .says("'Lines/Read'", "No files matched spec: /no/such/*.txt"),
        Mistake.in(
                "a file system that is not on the class path",
                p -> p.apply("Lines", TextIO.read().from("gs://bucket/file.txt")))
            .says("'Lines/Read'", "No filesystem found for scheme gs", "google-cloud-platform"),
        Mistake.in(
                "an output that cannot be written",
                p -> p.apply(Create.of("a")).apply("Write", TextIO.write().to("/dev/null/part")))
            .says("'Write/", "Unable to create parent directories for '/dev/null", "may write to"));
  }

  private static void withoutCoder(Pipeline p) {
    p.apply(Create.of("a"))
        .apply("Make", ParDo.of(new MakePoint()))
        .apply("Read", ParDo.of(new ReadPoint()));
  }

  private static void withoutAccumulatorCoder(Pipeline p) {
    p.apply(Create.of(1, 2)).apply("Average", Combine.globally(new Average()));
  }

  private static void keyedByDouble(Pipeline p) {
    p.apply(Create.of("a"))
        .apply(WithKeys.<Double, String>of(1.5).withKeyType(TypeDescriptors.doubles()))
        .apply(GroupByKey.create());
  }

  private static void nulls(Pipeline p) {
    p.apply(Create.of("a"))
        .apply(
            MapElements.via(
                new SimpleFunction<String, String>() {
                  @Override
                  public String apply(String word) {
                    return null;
                  }
                }))
        .setCoder(StringUtf8Coder.of())
        .apply(WithKeys.of(1))
        .apply("Group", GroupByKey.create());
  }

  private static void neverGrouped(Pipeline p) {
    p.apply(GenerateSequence.from(0)).apply(WithKeys.of(1)).apply(GroupByKey.create());
  }

  private static void stateInSessions(Pipeline p) {
    p.apply(Create.of(KV.of("a", "b")))
        .apply(Window.into(Sessions.withGapDuration(MINUTE)))
        .apply("Seen", ParDo.of(new SeenPerKey()));
  }

  private static void flattenOfDifferentWindows(Pipeline p) {
    PCollectionList.of(p.apply("Some", Create.of(1)).apply(Window.into(FixedWindows.of(MINUTE))))
        .and(p.apply("Others", Create.of(2)))
        .apply(Flatten.pCollections());
  }

  private static void namesTwice(Pipeline p) {
    p.apply("Numbers", Create.of(1));
    p.apply("Numbers", Create.of(2));
  }

  private static final class Point {
    final int x = 1;
  }

  static final class MakePoint extends DoFn<String, Point> {
    @ProcessElement
    public void process(OutputReceiver<Point> out) {
      out.output(new Point());
    }
  }

  static final class ReadPoint extends DoFn<Point, String> {
    @ProcessElement
    public void process(@Element Point point, OutputReceiver<String> out) {
      out.output("at " + point.x);
    }
  }

  private static final class Sum {
    long sum;
    long count;
  }

  static final class Average extends Combine.CombineFn<Integer, Sum, Double> {
    @Override
    public Sum createAccumulator() {
      return new Sum();
    }

    @Override
    public Sum addInput(Sum sum, Integer input) {
      sum.sum += input;
      sum.count++;
      return sum;
    }

    @Override
    public Sum mergeAccumulators(Iterable<Sum> sums) {
      Sum merged = new Sum();
      for (Sum sum : sums) {
        merged.sum += sum.sum;
        merged.count += sum.count;
      }
      return merged;
    }

    @Override
    public Double extractOutput(Sum sum) {
      return (double) sum.sum / sum.count;
    }
  }

  static final class Seen extends DoFn<String, String> {
    @StateId("seen")
    private final StateSpec<ValueState<String>> seen = StateSpecs.value(StringUtf8Coder.of());

    @ProcessElement
    public void process(@Element String word, @StateId("seen") ValueState<String> state) {
      state.write(word);
    }
  }

  static final class SeenPerKey extends DoFn<KV<String, String>, String> {
    @StateId("seen")
    private final StateSpec<ValueState<String>> seen = StateSpecs.value(StringUtf8Coder.of());

    @ProcessElement
    public void process(@StateId("seen") ValueState<String> state) {
      state.write("yes");
    }
  }

  static final class Stubborn extends DoFn<String, String> {
    private final Object lock = new Object();

    @ProcessElement
    public void process(OutputReceiver<String> out) {
      out.output("at " + lock.hashCode());
    }
  }

  static final class Shy extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String word, OutputReceiver<String> out) {
      out.output(word);
    }

    @Override
    public void populateDisplayData(DisplayData.Builder builder) {
      throw new IllegalStateException("not yet known");
    }
  }

  static final class BlackBox extends PTransform<PCollection<String>, PCollection<String>> {
    @Override
    public PCollection<String> expand(PCollection<String> input) {
      return PCollection.createPrimitiveOutputInternal(
          input.getPipeline(),
          input.getWindowingStrategy(),
          input.isBounded(),
          StringUtf8Coder.of());
    }
  }

  static final class Due extends DoFn<String, String> {
    @TimerId("due")
    private final TimerSpec due = TimerSpecs.timer(TimeDomain.EVENT_TIME);

    @ProcessElement
    public void process(@TimerId("due") Timer timer) {
      timer.set(Instant.EPOCH);
    }

    @OnTimer("due")
    public void due(OutputReceiver<String> out) {
      out.output("due");
    }
  }
}
