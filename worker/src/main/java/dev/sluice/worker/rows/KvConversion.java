package dev.sluice.worker.rows;

import org.apache.beam.sdk.values.KV;

/** Converts the rows in a KV's key and value; either conversion is null if it has none. */
record KvConversion(Conversion key, Conversion value) implements Conversion {

  /** The conversion of a KV, or null if it has no rows. */
  static Conversion of(Conversion key, Conversion value) {
    return key == null && value == null ? null : new KvConversion(key, value);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a value that is right comes back as it is
  public Object convert(Object element) {
    if (!(element instanceof KV<?, ?> kv)) {
      return element;
    }
    Object newKey = key == null ? kv.getKey() : key.convert(kv.getKey());
    Object newValue = value == null ? kv.getValue() : value.convert(kv.getValue());
    return newKey == kv.getKey() && newValue == kv.getValue() ? kv : KV.of(newKey, newValue);
  }
}
