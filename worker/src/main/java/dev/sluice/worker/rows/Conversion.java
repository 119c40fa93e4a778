package dev.sluice.worker.rows;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CollectionCoder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.IterableLikeCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.SetCoder;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.values.Row;

/**
 * Gives the rows in a value the schemas that a coder or a field has for them.
 *
 * <p>Made with its receiver, one for each part of a coder or schema that has rows in it. Always
 * true: a value whose rows are right already comes back as the same object, and no value is
 * mutated. What it remembers only saves comparisons, so an iterable may be converted by another
 * thread.
 */
interface Conversion {

  /** Coders of elements whose rows are in plain sight; others keep them as they are. */
  List<Class<?>> OF_ELEMENTS =
      List.of(IterableCoder.class, CollectionCoder.class, ListCoder.class, SetCoder.class);

  /** The value with rows of the right schemas; null stays null. */
  Object convert(Object value);

  /**
   * What is to be done for the values of a coder, or null if it has no rows to convert: those in
   * coders other than rows, KVs and Java's collections are left as they are.
   */
  @SuppressWarnings("unchecked")
  static Conversion of(Coder<?> coder) {
    if (coder instanceof SchemaCoder<?> rows) {
      boolean ofRows = rows.getEncodedTypeDescriptor().getRawType().equals(Row.class);
      return ofRows ? new RowConversion((SchemaCoder<Row>) rows) : null;
    }
    if (coder instanceof NullableCoder<?> nullable) {
      return of(nullable.getValueCoder());
    }
    if (coder instanceof KvCoder<?, ?> kv) {
      return KvConversion.of(of(kv.getKeyCoder()), of(kv.getValueCoder()));
    }
    if (coder instanceof MapCoder<?, ?> map) {
      return MapConversion.of(of(map.getKeyCoder()), of(map.getValueCoder()));
    }
    if (OF_ELEMENTS.contains(coder.getClass())) {
      return ElementsConversion.of(of(((IterableLikeCoder<?, ?>) coder).getElemCoder()));
    }
    return null;
  }

  /** What is to be done for the values of a field, or null if it has no rows. */
  static Conversion of(FieldType type) {
    return switch (type.getTypeName()) {
      case ROW -> new RowConversion(SchemaCoder.of(type.getRowSchema()));
      case ARRAY, ITERABLE -> ElementsConversion.of(of(type.getCollectionElementType()));
      case MAP -> MapConversion.of(of(type.getMapKeyType()), of(type.getMapValueType()));
      default -> null;
    };
  }
}
