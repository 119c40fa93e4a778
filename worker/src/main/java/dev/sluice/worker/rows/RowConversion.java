package dev.sluice.worker.rows;

import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.RowWithGetters;

/**
 * Gives a row the schema of its coder: by position, as the coder itself does.
 *
 * <p>A row that differs in names only keeps its values in a new row; one that differs in types goes
 * through the coder, which knows what can become what. A row of the same schema costs a comparison
 * of references, and the same again for each row within it. Rows that are made by the getters of a
 * user's type are not looked into: the getters follow the schema of the outer row.
 */
final class RowConversion implements Conversion {
  private final SchemaCoder<Row> coder;
  private final Schema schema;
  private final Conversion[] fields;
  private final boolean nested;
  private final Row.Builder rows;
  private Schema lastSame;
  private Schema lastRenamed;

  RowConversion(SchemaCoder<Row> coder) {
    this.coder = coder;
    this.schema = coder.getSchema();
    this.fields = new Conversion[schema.getFieldCount()];
    boolean any = false;
    for (int i = 0; i < fields.length; i++) {
      fields[i] = Conversion.of(schema.getField(i).getType());
      any |= fields[i] != null;
    }
    this.nested = any;
    this.rows = Row.withSchema(schema);
  }

  @Override
  public Object convert(Object value) {
    if (!(value instanceof Row row)) {
      return value;
    }
    if (isOfTheSchema(row.getSchema())) {
      return nested && !(row instanceof RowWithGetters) ? withNestedRows(row) : row;
    }
    return isRenamed(row.getSchema()) ? renamed(row) : coded(row);
  }

  @SuppressWarnings("ReferenceEquality") // others are compared by content, once
  private boolean isOfTheSchema(Schema other) {
    if (other == schema || other == lastSame) {
      return true;
    }
    if (other == lastRenamed || !schema.equals(other)) {
      return false;
    }
    lastSame = other;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // others are compared by content, once
  private boolean isRenamed(Schema other) {
    if (other == lastRenamed) {
      return true;
    }
    if (!schema.typesEqual(other)) {
      return false;
    }
    lastRenamed = other;
    return true;
  }

  @SuppressWarnings("ReferenceEquality") // a value that is right comes back as it is
  private Row withNestedRows(Row row) {
    for (int i = 0; i < fields.length; i++) {
      if (fields[i] != null) {
        Object value = row.getValue(i);
        if (fields[i].convert(value) != value) {
          return renamed(row);
        }
      }
    }
    return row;
  }

  /** Not {@code getValues()}, which gives the raw values of a row with getters. */
  private Row renamed(Row row) {
    Object[] values = new Object[fields.length];
    for (int i = 0; i < fields.length; i++) {
      Object value = row.getValue(i);
      values[i] = fields[i] == null ? value : fields[i].convert(value);
    }
    // The values are not put into the builder: it can make any number of rows.
    return rows.attachValues(values);
  }

  private Row coded(Row row) {
    try {
      return CoderUtils.clone(coder, row);
    } catch (CoderException | RuntimeException e) {
      throw new IllegalArgumentException(
          "a row does not fit the schema of the PCollection; emit rows of that schema, or set the"
              + " right one with setRowSchema. The row has:\n"
              + row.getSchema()
              + "\nand the PCollection:\n"
              + schema,
          e);
    }
  }
}
