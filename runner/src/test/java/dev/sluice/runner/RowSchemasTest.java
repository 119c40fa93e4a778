package dev.sluice.runner;

import java.util.List;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A DoFn reads the fields of rows by the names in the schema of its input, whatever names they had
 * where they were made and whether or not they were encoded in between.
 */
@Timeout(60)
class RowSchemasTest {
  private static final Schema WANTED = Schema.builder().addInt32Field("n").build();
  private static final Schema GIVEN = Schema.builder().addInt32Field("f0").build();
  private static final KvCoder<Integer, Row> KEYED =
      KvCoder.of(VarIntCoder.of(), SchemaCoder.of(WANTED));

  private final Pipeline pipeline = Pipelines.create();

  private static Row given(int n) {
    return Row.withSchema(GIVEN).addValue(n).build();
  }

  /** Makes a row of another schema than that of its output. */
  static final class MakeRow extends DoFn<Integer, Row> {
    @ProcessElement
    public void process(@Element Integer n, OutputReceiver<Row> out) {
      out.output(given(n));
    }
  }

  /** The same with a key. */
  static final class MakeKeyedRow extends DoFn<Integer, KV<Integer, Row>> {
    @ProcessElement
    public void process(@Element Integer n, OutputReceiver<KV<Integer, Row>> out) {
      out.output(KV.of(n, given(n)));
    }
  }

  /** Reads by name. */
  static final class ReadRow extends DoFn<Row, Integer> {
    @ProcessElement
    public void process(@Element Row row, OutputReceiver<Integer> out) {
      out.output(row.getInt32("n"));
    }
  }

  /** Reads all of a group by name. */
  static final class ReadRows extends DoFn<KV<Integer, Iterable<Row>>, Integer> {
    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Row>> kv, OutputReceiver<Integer> out) {
      kv.getValue().forEach(row -> out.output(row.getInt32("n")));
    }
  }

  /** Adds up, and gives the sum in a row of another schema. */
  static final class Sum extends Combine.CombineFn<Row, Integer, Row> {
    @Override
    public Integer createAccumulator() {
      return 0;
    }

    @Override
    public Integer addInput(Integer accumulator, Row row) {
      return accumulator + row.getInt32("n");
    }

    @Override
    public Integer mergeAccumulators(Iterable<Integer> accumulators) {
      int sum = 0;
      for (int each : accumulators) {
        sum += each;
      }
      return sum;
    }

    @Override
    public Row extractOutput(Integer sum) {
      return given(sum);
    }
  }

  private PCollection<Integer> numbers() {
    return pipeline.apply(Create.of(1, 2, 3));
  }

  private PCollection<Row> rows(String name, Schema schema) {
    return pipeline
        .apply(name + "Numbers", Create.of(1, 2, 3))
        .apply(name, ParDo.of(new MakeRow()))
        .setRowSchema(schema);
  }

  private void yields(PCollection<Integer> output, Integer... numbers) {
    PAssert.that(output).containsInAnyOrder(numbers);
    pipeline.run().waitUntilFinish();
  }

  @Test
  void betweenDoFnsOfOneStage() {
    yields(rows("Make", WANTED).apply(ParDo.of(new ReadRow())), 1, 2, 3);
  }

  @Test
  void overAnExchange() {
    yields(
        rows("Make", WANTED).apply(Reshuffle.viaRandomKey()).apply(ParDo.of(new ReadRow())),
        1,
        2,
        3);
  }

  @Test
  void withinGroups() {
    PCollection<KV<Integer, Row>> keyed =
        numbers().apply(ParDo.of(new MakeKeyedRow())).setCoder(KEYED);

    yields(keyed.apply(GroupByKey.create()).apply(ParDo.of(new ReadRows())), 1, 2, 3);
  }

  @Test
  void outOfACombine() {
    PCollection<KV<Integer, Row>> sums =
        numbers()
            .apply(ParDo.of(new MakeKeyedRow()))
            .setCoder(KEYED)
            .apply(Combine.perKey(new Sum()))
            .setCoder(KEYED);

    yields(
        sums.apply(Values.create()).setRowSchema(WANTED).apply(ParDo.of(new ReadRow())), 1, 2, 3);
  }

  @Test
  void outOfAFlatten() {
    List<PCollection<Row>> both = List.of(rows("Wanted", WANTED), rows("Given", GIVEN));

    yields(
        PCollectionList.of(both).apply(Flatten.pCollections()).apply(ParDo.of(new ReadRow())),
        1,
        1,
        2,
        2,
        3,
        3);
  }

  @Test
  void outOfAFlattenThatIsPartOfAnExchange() {
    PCollection<KV<Integer, Row>> wanted =
        rows("Wanted", WANTED).apply("WantedKey", WithKeys.of(1)).setCoder(KEYED);
    PCollection<KV<Integer, Row>> given =
        rows("Given", GIVEN)
            .apply("GivenKey", WithKeys.of(1))
            .setCoder(KvCoder.of(VarIntCoder.of(), SchemaCoder.of(GIVEN)));

    yields(
        PCollectionList.of(wanted)
            .and(given)
            .apply(Flatten.pCollections())
            .apply(GroupByKey.create())
            .apply(ParDo.of(new ReadRows())),
        1,
        1,
        2,
        2,
        3,
        3);
  }
}
