package dev.sluice.worker.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.TransformException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.JavaFieldSchema;
import org.apache.beam.sdk.schemas.NoSuchSchemaException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.schemas.SchemaRegistry;
import org.apache.beam.sdk.schemas.annotations.DefaultSchema;
import org.apache.beam.sdk.transforms.SerializableFunctions;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.junit.jupiter.api.Test;

/** Rows that get the schema of their PCollection without being encoded. */
class SchemaReceiverTest {
  private static final Schema WANTED = Schema.builder().addInt32Field("n").build();
  private static final Schema GIVEN = Schema.builder().addInt32Field("f0").build();

  private final List<Object> received = new ArrayList<>();
  private final Receiver end = (value, timestampMs, windows, pane) -> received.add(value);

  private static Row given(int n) {
    return Row.withSchema(GIVEN).addValue(n).build();
  }

  private static Row wanted(int n) {
    return Row.withSchema(WANTED).addValue(n).build();
  }

  private static void send(Receiver receiver, Object value) {
    receiver.receive(value, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
  }

  /** What comes of a value; the coder must make the same of it. */
  private <T> Object sent(Coder<T> coder, T value) throws Exception {
    send(SchemaReceiver.of("rows/Emit", coder, end), value);
    Object last = received.get(received.size() - 1);
    assertThat(last).isEqualTo(CoderUtils.clone(coder, value));
    return last;
  }

  @Test
  void isNotThereWithoutRows() throws Exception {
    SchemaCoder<Point> points = SchemaRegistry.createDefault().getSchemaCoder(Point.class);

    for (Coder<?> coder : List.of(StringUtf8Coder.of(), KvCoder.of(VarIntCoder.of(), points))) {
      assertThat(SchemaReceiver.of("any", coder, end)).isSameAs(end);
    }
  }

  @Test
  void givesOnARowThatHasTheSchemaAsItIs() throws Exception {
    Row equalSchema =
        Row.withSchema(Schema.builder().addInt32Field("n").build()).addValue(1).build();
    for (Row row : List.of(wanted(1), equalSchema)) {
      assertThat(sent(SchemaCoder.of(WANTED), row)).isSameAs(row);
    }
  }

  @Test
  void givesARowTheSchemaOfItsPCollectionByPosition() throws Exception {
    for (int n = 0; n < 3; n++) {
      assertThat(((Row) sent(SchemaCoder.of(WANTED), given(n))).getInt32("n")).isEqualTo(n);
    }
  }

  @Test
  void doesSoForACoderOfRowsThatIsNoRowCoder() throws Exception {
    SchemaCoder<Row> coder =
        SchemaCoder.of(
            WANTED,
            TypeDescriptors.rows(),
            SerializableFunctions.identity(),
            SerializableFunctions.identity());

    assertThat(sent(coder, given(1))).isEqualTo(wanted(1));
  }

  @Test
  void keepsNulls() throws Exception {
    Schema nullable = Schema.builder().addNullableField("n", FieldType.INT32).build();
    Schema renamed = Schema.builder().addNullableField("f0", FieldType.INT32).build();

    assertThat(sent(NullableCoder.of(SchemaCoder.of(WANTED)), null)).isNull();
    assertThat(sent(SchemaCoder.of(nullable), Row.nullRow(renamed)))
        .isEqualTo(Row.nullRow(nullable));
  }

  @Test
  void findsRowsWithinRows() throws Exception {
    Schema outer = outer(WANTED);
    List<Object> values =
        Arrays.asList(
            given(1), List.of(given(2)), List.of(given(3)), Map.of("k", given(4)), "unchanged");
    Row wantedOuter =
        Row.withSchema(outer)
            .addValues(wanted(1), List.of(wanted(2)), List.of(wanted(3)), Map.of("k", wanted(4)))
            .addValue("unchanged")
            .build();
    SchemaCoder<Row> coder = SchemaCoder.of(outer);

    assertThat(sent(coder, Row.withSchema(outer).attachValues(values))).isEqualTo(wantedOuter);
    assertThat(sent(coder, Row.withSchema(outer(GIVEN)).attachValues(values)))
        .isEqualTo(wantedOuter);
    assertThat(sent(coder, wantedOuter)).isSameAs(wantedOuter);
  }

  private static Schema outer(Schema inner) {
    return Schema.builder()
        .addRowField("row", inner)
        .addArrayField("array", FieldType.row(inner))
        .addIterableField("iterable", FieldType.row(inner))
        .addMapField("map", FieldType.STRING, FieldType.row(inner))
        .addStringField("text")
        .build();
  }

  @Test
  void findsRowsInKvsAndCollections() throws Exception {
    Coder<Row> rows = SchemaCoder.of(WANTED);

    assertThat(sent(KvCoder.of(rows, rows), KV.of(given(1), given(2))))
        .isEqualTo(KV.of(wanted(1), wanted(2)));
    assertThat(sent(KvCoder.of(VarIntCoder.of(), rows), KV.of(1, given(2))))
        .isEqualTo(KV.of(1, wanted(2)));
    assertThat(sent(ListCoder.of(rows), List.of(wanted(1), given(2))))
        .isEqualTo(List.of(wanted(1), wanted(2)));
    assertThat(sent(SetCoder.of(rows), Set.of(given(1)))).isEqualTo(Set.of(wanted(1)));
    assertThat(sent(MapCoder.of(rows, VarIntCoder.of()), Map.of(given(1), 2)))
        .isEqualTo(Map.of(wanted(1), 2));
  }

  @Test
  void givesOnKvsAndCollectionsThatAreRightAsTheyAre() {
    Coder<Row> rows = SchemaCoder.of(WANTED);
    Object value = KV.of(List.of(wanted(1)), Map.of(1, Set.of(wanted(2))));
    Coder<?> coder =
        KvCoder.of(ListCoder.of(rows), MapCoder.of(VarIntCoder.of(), SetCoder.of(rows)));

    send(SchemaReceiver.of("rows/Emit", coder, end), value);

    assertThat(received.get(0)).isSameAs(value);
  }

  @Test
  @SuppressWarnings("unchecked")
  void looksIntoAnIterableOnlyWhenSomebodyElseDoes() {
    List<String> asked = new ArrayList<>();
    Iterable<Row> lazy =
        () -> {
          asked.add("asked");
          return List.of(given(1), wanted(2)).iterator();
        };
    send(SchemaReceiver.of("rows/Emit", IterableCoder.of(SchemaCoder.of(WANTED)), end), lazy);

    assertThat(asked).isEmpty();
    assertThat((Iterable<Row>) received.get(0)).containsExactly(wanted(1), wanted(2));
  }

  @Test
  void convertsByTheCoderWhatDiffersInMoreThanNames() throws Exception {
    Schema nullable = Schema.builder().addNullableField("n", FieldType.INT32).build();

    assertThat(sent(SchemaCoder.of(nullable), given(1)))
        .isEqualTo(Row.withSchema(nullable).addValue(1).build());
  }

  @Test
  void namesTheTransformWhoseRowDoesNotFit() {
    Schema text = Schema.builder().addStringField("n").build();
    Receiver receiver = SchemaReceiver.of("rows/Emit", SchemaCoder.of(text), end);

    assertThatThrownBy(() -> send(receiver, given(1)))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("'rows/Emit'")
        .hasMessageContaining("setRowSchema")
        .hasMessageContaining("f0");
  }

  /** A user's type with a schema, and another within it. */
  @DefaultSchema(JavaFieldSchema.class)
  public static class Line {
    public Point from = new Point();
    public String name = "line";
  }

  /** A user's type with a schema. */
  @DefaultSchema(JavaFieldSchema.class)
  public static class Point {
    public int x = 7;
  }

  @Test
  void asksTheGettersOfAUsersTypeNotItsRawFields() throws Exception {
    Schema schema =
        Schema.builder()
            .addRowField("start", Schema.builder().addInt32Field("left").build())
            .addStringField("title")
            .build();

    Row row = (Row) sent(SchemaCoder.of(schema), rowOf(new Line()));

    assertThat(row.getRow("start").getInt32("left")).isEqualTo(7);
    assertThat(row.getString("title")).isEqualTo("line");
  }

  private static Row rowOf(Line line) throws NoSuchSchemaException {
    return SchemaRegistry.createDefault().getToRowFunction(Line.class).apply(line);
  }

  @Test
  void allocatesNothingForRowsThatAreRight() {
    Schema schema =
        Schema.builder()
            .addRowField("row", WANTED)
            .addArrayField("a", FieldType.row(WANTED))
            .build();
    Row row = Row.withSchema(schema).addValues(wanted(1), List.of(wanted(2), wanted(3))).build();
    Object value = KV.of(1, row);
    int[] count = new int[1];
    Receiver receiver =
        SchemaReceiver.of(
            "rows/Emit",
            KvCoder.of(VarIntCoder.of(), SchemaCoder.of(schema)),
            (element, timestampMs, windows, pane) -> count[0]++);
    List<GlobalWindow> windows = List.of(GlobalWindow.INSTANCE);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1_000; i++) {
        receiver.receive(value, 0, windows, PaneInfo.NO_FIRING);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }

    assertThat(count[0]).isEqualTo(20_000);
    assertThat(least).as("bytes for 1,000 rows").isLessThan(1_000);
  }
}
