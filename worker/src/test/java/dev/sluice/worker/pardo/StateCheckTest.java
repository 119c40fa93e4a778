package dev.sluice.worker.pardo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.worker.stage.DebugOptions;
import dev.sluice.worker.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.MapState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.util.IllegalMutationException;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** DoFns that change what they have read from their state. */
class StateCheckTest {
  private static final ListCoder<Integer> LISTS = ListCoder.of(VarIntCoder.of());

  /** The states of the DoFn. */
  private record States(
      ValueState<List<Integer>> value,
      MapState<String, List<Integer>> map,
      BagState<List<Integer>> bag) {}

  /** Does at an element what it is given to do with its states. */
  private static final class Stateful extends DoFn<KV<String, Integer>, Integer> {
    @StateId("value")
    private final StateSpec<ValueState<List<Integer>>> value = StateSpecs.value(LISTS);

    @StateId("map")
    private final StateSpec<MapState<String, List<Integer>>> map =
        StateSpecs.map(StringUtf8Coder.of(), LISTS);

    @StateId("bag")
    private final StateSpec<BagState<List<Integer>>> bag = StateSpecs.bag(LISTS);

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("value") ValueState<List<Integer>> values,
        @StateId("map") MapState<String, List<Integer>> maps,
        @StateId("bag") BagState<List<Integer>> bags) {
      done.accept(new States(values, maps, bags), element.getValue());
    }
  }

  /** What the DoFn does; Beam serialises DoFns, so this is not in it. */
  private static BiConsumer<States, Integer> done;

  private static ParDoHarness harness(BiConsumer<States, Integer> does) throws Exception {
    done = does;
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.getOptions().as(DebugOptions.class).setCheckImmutability(true);
    pipeline
        .apply(
            Create.of(KV.of("k", 1)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .apply("fn", ParDo.of(new Stateful()));
    return ParDoHarness.open(pipeline, "fn");
  }

  private static List<Integer> list(Integer number) {
    return new ArrayList<>(List.of(number));
  }

  private static void assertFound(BiConsumer<States, Integer> does, String state) throws Exception {
    try (ParDoHarness harness = harness(does)) {
      harness.element(KV.of("k", 1), 0);
      assertThatThrownBy(() -> harness.element(KV.of("k", 2), 0))
          .isInstanceOf(TransformException.class)
          .hasMessageContaining("'fn")
          .hasMessageContaining("state '" + state + "' from [1] to [1, 2] without writing it back")
          .hasCauseInstanceOf(IllegalMutationException.class);
    }
  }

  @Test
  void findsAValueThatIsNotWrittenBack() throws Exception {
    assertFound(
        (states, number) -> {
          List<Integer> known = states.value().read();
          if (known == null) {
            states.value().write(list(number));
          } else {
            known.add(number);
          }
        },
        "value");
  }

  @Test
  void findsAValueOfAMapThatIsNotPutBack() throws Exception {
    assertFound(
        (states, number) -> {
          List<Integer> known = states.map().get("a").read();
          if (known == null) {
            states.map().put("a", list(number));
          } else {
            known.add(number);
            states.map().put("b", list(number));
          }
        },
        "map");
  }

  @Test
  void findsAnElementOfABagThatChanged() throws Exception {
    assertFound(
        (states, number) -> {
          boolean any = false;
          for (List<Integer> known : states.bag().read()) {
            known.add(number);
            any = true;
          }
          if (!any) {
            states.bag().add(list(number));
          }
        },
        "bag");
  }

  @Test
  void isContentWithWhatIsWrittenBack() throws Exception {
    List<Integer> sums = new ArrayList<>();
    BiConsumer<States, Integer> does =
        (states, number) -> {
          List<Integer> known = states.value().read();
          List<Integer> inMap = states.map().get("a").read();
          if (known == null) {
            known = new ArrayList<>();
            inMap = new ArrayList<>();
          }
          known.add(number);
          inMap.add(number);
          states.value().write(known);
          states.map().put("a", inMap);
          sums.add(known.size() + inMap.size());
        };
    try (ParDoHarness harness = harness(does)) {
      harness.element(KV.of("k", 1), 0).element(KV.of("k", 2), 0).element(KV.of("k", 3), 0);
    }
    assertThat(sums).containsExactly(2, 4, 6);
  }
}
