package com.example.newcomer;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;
import org.joda.time.Duration;

/** Side inputs that a newcomer does not get at. */
final class SideInputMistakes {
  private static final String LINE = "at com.example.newcomer.SideInputMistakes";
  private static final Duration MINUTE = Duration.standardMinutes(1);

  private SideInputMistakes() {}

  static List<Mistake> all() {
    return List.of(
        Mistake.in(
                "an empty singleton",
                p -> scale(p, p.apply("Rates", Create.empty(VarIntCoder.of()))))
            .says("'Scale/", "Empty PCollection", "withDefaultValue", LINE),
        Mistake.in("a singleton of two", p -> scale(p, p.apply("Rates", Create.of(1, 2))))
            .says("more than one element accessed as a singleton", "Consider using Combine"),
        Mistake.in("a key that occurs twice in a map", SideInputMistakes::mapWithDuplicates)
            .says("'Find/", "Duplicate values for a", "View.asMultimap()", LINE),
        Mistake.in("a side input that is not declared", SideInputMistakes::undeclared)
            .says("'Scale/", "unknown view", "withSideInputs(view)", LINE),
        Mistake.in(
                "a side input in sessions",
                p -> scale(p, rates(p, Sessions.withGapDuration(MINUTE))))
            .says("Sessions is not allowed in side inputs", "Window.into(new Global", LINE),
        Mistake.in(
                "main elements without a window in the side input",
                p -> scale(p, rates(p, FixedWindows.of(MINUTE))))
            .says(
                "'Scale/", "side input from View", "windowed by FixedWindows", "Window the main"));
  }

  private static PCollection<Integer> rates(Pipeline p, WindowFn<Object, ?> windows) {
    return p.apply("Rate", Create.of(1)).apply("Rates", Window.into(windows));
  }

  private static void scale(Pipeline p, PCollection<Integer> rates) {
    PCollectionView<Integer> rate = rates.apply(View.asSingleton());
    p.apply("Words", Create.of("a")).apply("Scale", ParDo.of(new Scale(rate)).withSideInputs(rate));
  }

  private static void undeclared(Pipeline p) {
    PCollectionView<Integer> rate = p.apply("Rates", Create.of(1)).apply(View.asSingleton());
    p.apply("Words", Create.of("a")).apply("Scale", ParDo.of(new Scale(rate)));
  }

  private static void mapWithDuplicates(Pipeline p) {
    PCollectionView<Map<String, Integer>> rates =
        p.apply("Rates", Create.of(KV.of("a", 1), KV.of("a", 2))).apply(View.asMap());
    p.apply("Words", Create.of("a")).apply("Find", ParDo.of(new Find(rates)).withSideInputs(rates));
  }

  private static final class Scale extends DoFn<String, Integer> {
    private final PCollectionView<Integer> rate;

    Scale(PCollectionView<Integer> rate) {
      this.rate = rate;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.sideInput(rate));
    }
  }

  private static final class Find extends DoFn<String, Integer> {
    private final PCollectionView<Map<String, Integer>> rates;

    Find(PCollectionView<Map<String, Integer>> rates) {
      this.rates = rates;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      context.output(context.sideInput(rates).get(context.element()));
    }
  }
}
