package dev.sluice.worker.rows;

import java.util.LinkedHashMap;
import java.util.Map;

/** Converts the rows in a map's keys and values; either conversion is null if they have none. */
record MapConversion(Conversion key, Conversion value) implements Conversion {

  /** The conversion of a map, or null if it has no rows. */
  static Conversion of(Conversion key, Conversion value) {
    return key == null && value == null ? null : new MapConversion(key, value);
  }

  @Override
  public Object convert(Object element) {
    if (!(element instanceof Map<?, ?> map) || allAreRight(map)) {
      return element;
    }
    Map<Object, Object> converted = new LinkedHashMap<>();
    map.forEach((k, v) -> converted.put(convert(key, k), convert(value, v)));
    return converted;
  }

  @SuppressWarnings("ReferenceEquality") // a value that is right comes back as it is
  private boolean allAreRight(Map<?, ?> map) {
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      if (convert(key, entry.getKey()) != entry.getKey()
          || convert(value, entry.getValue()) != entry.getValue()) {
        return false;
      }
    }
    return true;
  }

  private static Object convert(Conversion conversion, Object value) {
    return conversion == null ? value : conversion.convert(value);
  }
}
