package dev.sluice.runner.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.translation.JobGraphs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.TimerSpec;
import org.apache.beam.sdk.state.TimerSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

class SignaturesTest {

  /** Has one of several kinds of state. */
  public static class Stateful extends DoFn<KV<String, Long>, Long> {
    @StateId("last")
    @SuppressWarnings("unused") // found by reflection
    private final StateSpec<ValueState<Integer>> last = StateSpecs.value(VarIntCoder.of());

    @StateId("all")
    @SuppressWarnings("unused") // found by reflection
    private final StateSpec<BagState<Long>> all = StateSpecs.bag(VarLongCoder.of());

    @TimerId("later")
    @SuppressWarnings("unused") // found by reflection
    private final TimerSpec later = TimerSpecs.timer(TimeDomain.PROCESSING_TIME);

    @ProcessElement
    public void process() {}

    @OnTimer("later")
    public void onLater() {}
  }

  private static List<TransformSignature> signature() {
    Pipeline pipeline = Pipeline.create();
    PCollection<KV<String, Long>> records =
        pipeline
            .apply(
                "Make",
                Create.of(KV.of("a", 1L))
                    .withCoder(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of())))
            .apply("Window", Window.into(FixedWindows.of(Duration.standardMinutes(1))));
    records.apply("Stateful", ParDo.of(new Stateful()));
    records.apply("Group", GroupByKey.create());
    records.apply("Sum", Sum.longsPerKey());
    return Signatures.of(JobGraphs.translate(PipelineTranslation.toProto(pipeline), true));
  }

  @Test
  void whatAPipelinesStateBelongsTo() {
    Map<String, TransformSignature> byName = new TreeMap<>();
    signature().forEach(transform -> byName.put(transform.name(), transform));

    TransformSignature stateful = byName.get("Stateful/ParMultiDo(Stateful)");
    assertThat(stateful.keyCoder()).isEqualTo("StringUtf8Coder");
    assertThat(stateful.windowing()).isEqualTo("FixedWindows(PT60S, PT0S)");
    assertThat(stateful.states())
        .contains(entry("last", "value of VarIntCoder"), entry("all", "bag of VarLongCoder"))
        .containsValue("processing time")
        .hasSize(3);

    TransformSignature group = byName.get("Group");
    assertThat(group.states()).containsExactly(entry("values", "VarLongCoder"));
    assertThat(group.windowing()).startsWith("FixedWindows(PT60S, PT0S), ").contains("DISCARDING");
    assertThat(byName.values().stream().map(TransformSignature::states))
        .anySatisfy(states -> assertThat(states).containsKey("accumulator"));
  }

  @Test
  void itIsTheSameEachTime() {
    assertThat(signature()).isEqualTo(signature());
    assertThat(signature().toString()).doesNotContain("@");
  }

  @Test
  void aSchemaIsItsFields() {
    Schema schema =
        Schema.builder()
            .addStringField("name")
            .addNullableField("age", Schema.FieldType.INT32)
            .addMapField("tags", Schema.FieldType.STRING, Schema.FieldType.INT64)
            .build();
    assertThat(CoderText.of(SchemaCoder.of(schema)))
        .isEqualTo("Row[name: STRING, age: INT32 or null, tags: MAP<STRING, INT64>]");
  }
}
