package dev.sluice.runner.storage;

import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.StructuredCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.SchemaCoder;

/**
 * Coders as text that is the same in every process, and different if state written by the one
 * cannot be read by the other, as far as can be told: the classes of a coder and its components,
 * the fields of a schema. Pure functions.
 */
final class CoderText {
  private CoderText() {}

  static String of(Coder<?> coder) {
    if (coder instanceof SchemaCoder<?> schema) {
      return "Row" + fields(schema.getSchema());
    }
    List<? extends Coder<?>> components =
        coder instanceof StructuredCoder<?> structured
            ? structured.getComponents()
            : coder.getCoderArguments();
    String name = name(coder.getClass());
    if (components != null && !components.isEmpty()) {
      return name + "(" + String.join(", ", components.stream().map(CoderText::of).toList()) + ")";
    }
    boolean ofOneType = coder instanceof StructuredCoder || isOfUser(coder);
    return ofOneType ? name : name + typeOf(coder);
  }

  /** A custom coder's class says all that its author wanted to. */
  private static boolean isOfUser(Coder<?> coder) {
    return coder.getClass().getSuperclass() == Coder.class
        || (coder instanceof CustomCoder && !coder.getClass().getName().startsWith("org.apache."));
  }

  /** Coders for any class (serializable ones, Avro's) differ in that class alone. */
  private static String typeOf(Coder<?> coder) {
    Class<?> type = coder.getEncodedTypeDescriptor().getRawType();
    return type == Object.class ? "" : "<" + type.getName() + ">";
  }

  private static String name(Class<?> type) {
    return type.getName().startsWith("org.apache.beam.sdk.coders.")
        ? type.getSimpleName()
        : type.getName();
  }

  private static String fields(Schema schema) {
    return schema.getFields().stream()
        .map(field -> field.getName() + ": " + type(field.getType()))
        .toList()
        .toString();
  }

  private static String type(Schema.FieldType type) {
    StringBuilder text = new StringBuilder(type.getTypeName().name());
    if (type.getRowSchema() != null) {
      text.append(fields(type.getRowSchema()));
    }
    if (type.getMapKeyType() != null) {
      text.append('<').append(type(type.getMapKeyType())).append(", ");
      text.append(type(type.getMapValueType())).append('>');
    } else if (type.getCollectionElementType() != null) {
      text.append('<').append(type(type.getCollectionElementType())).append('>');
    }
    if (type.getLogicalType() != null) {
      text.append('<').append(type.getLogicalType().getIdentifier()).append('>');
    }
    return type.getNullable() ? text.append(" or null").toString() : text.toString();
  }
}
