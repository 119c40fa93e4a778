package dev.sluice.state.keyed;

import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.DoubleCoder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.joda.time.Instant;

/** What of values can be kept in 64 bits rather than as an object. Pure functions. */
enum Primitive {
  LONG,
  INT,
  DOUBLE,
  BOOLEAN,
  INSTANT;

  /** Returns what a coder's values are; null if they are none of these. */
  static @Nullable Primitive of(Coder<?> coder) {
    Class<?> type = coder.getClass();
    if (type == VarLongCoder.class || type == BigEndianLongCoder.class) {
      return LONG;
    } else if (type == VarIntCoder.class || type == BigEndianIntegerCoder.class) {
      return INT;
    } else if (type == DoubleCoder.class) {
      return DOUBLE;
    } else if (type == BooleanCoder.class) {
      return BOOLEAN;
    }
    return type == InstantCoder.class ? INSTANT : null;
  }

  long bits(Object value) {
    return switch (this) {
      case LONG -> (Long) value;
      case INT -> (Integer) value;
      case DOUBLE -> Double.doubleToRawLongBits((Double) value);
      case BOOLEAN -> (Boolean) value ? 1 : 0;
      case INSTANT -> ((Instant) value).getMillis();
    };
  }

  Object value(long bits) {
    return switch (this) {
      case LONG -> bits;
      case INT -> (int) bits;
      case DOUBLE -> Double.longBitsToDouble(bits);
      case BOOLEAN -> bits != 0;
      case INSTANT -> Instant.ofEpochMilli(bits);
    };
  }
}
