package dev.sluice.worker.pardo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the option says of how long state lives, and a DoFn whose state does not for ever. */
class StateTtlTest {

  private static PipelineOptions options(String... ttl) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.as(StateOptions.class).setStateTtl(List.of(ttl));
    return options;
  }

  private static Map<String, Long> millisOf(String transform, String... ttl) {
    return StateTtl.of(options(ttl)).millisOf(transform, List.of("seen", "count"));
  }

  @ParameterizedTest
  @CsvSource({
    "seen=5ms,5",
    "seen=5s,5000",
    "seen=5m,300000",
    "seen=5h,18000000",
    "seen=1d,86400000"
  })
  void aTimeHasAUnit(String option, long millis) {
    assertThat(millisOf("Any", option)).containsExactly(Map.entry("seen", millis));
  }

  @Test
  void aTransformMayBeNamed() {
    assertThat(millisOf("Users/Dedupe/ParMultiDo(Fn)", "Users/Dedupe/seen=1s"))
        .containsExactly(Map.entry("seen", 1_000L));
    assertThat(millisOf("Users/Dedupe2/ParMultiDo(Fn)", "Users/Dedupe/seen=1s")).isEmpty();
    assertThat(millisOf("Users/Dedupe", "Users/Dedupe/seen=1s", "seen=1m", "count=2s"))
        .containsExactly(Map.entry("seen", 1_000L), Map.entry("count", 2_000L));
  }

  @ParameterizedTest
  @CsvSource({"seen=10", "seen=m", "=10m", "10m", "seen=1.5h", "seen=-1s", "seen=5 s"})
  void saysWhatIsWrongAndWhatToWrite(String option) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateTtl.of(options(option)))
        .withMessageContaining("--stateTtl: '" + option + "'")
        .withMessageContaining("seen=10m");
  }

  @Test
  void zeroIsNoTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateTtl.of(options("seen=0s")))
        .withMessageContaining("leave it out");
  }

  @Test
  void aStateThatIsNotThereIsRefused() {
    Map<String, List<String>> states = Map.of("Dedupe/ParMultiDo(Fn)", List.of("seen"));
    StateTtl.of(options("seen=1s", "Dedupe/seen=1s")).check(states);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StateTtl.of(options("seem=1s")).check(states))
        .withMessageContaining("'seem=1s' names no state")
        .withMessageContaining("seen");
  }

  /** Lets the first record of each key pass. */
  private static final class Dedupe extends DoFn<KV<String, Integer>, Integer> {
    @StateId("seen")
    private final StateSpec<ValueState<Integer>> seen = StateSpecs.value(VarIntCoder.of());

    @ProcessElement
    public void process(
        @Element KV<String, Integer> element,
        @StateId("seen") ValueState<Integer> state,
        OutputReceiver<Integer> out) {
      if (state.read() == null) {
        state.write(1);
        out.output(element.getValue());
      }
    }
  }

  @Test
  void aDoFnForgetsWhatItWasToldToForget() throws Exception {
    Pipeline pipeline = ParDoHarness.pipeline();
    pipeline.getOptions().as(StateOptions.class).setStateTtl(List.of("seen=16s"));
    pipeline
        .apply(
            Create.of(KV.of("k", 1)).withCoder(KvCoder.of(StringUtf8Coder.of(), VarIntCoder.of())))
        .apply("dedupe", ParDo.of(new Dedupe()));
    try (ParDoHarness harness = ParDoHarness.open(pipeline, "dedupe")) {
      long now = harness.clock.nowMs();
      harness.element(KV.of("k", 1), 0).element(KV.of("k", 2), 0);
      harness.clock(now + 15_000);
      harness.element(KV.of("k", 3), 0);
      harness.clock(now + 17_000);
      assertThat(harness.state.entryCount()).isZero();
      harness.element(KV.of("k", 4), 0);
      assertThat(harness.values()).containsExactly(1, 4);
      assertThat(harness.operator.hasPendingWork()).isFalse();
    }
  }
}
