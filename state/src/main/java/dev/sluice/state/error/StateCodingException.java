package dev.sluice.state.error;

import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A value, or a key, that its own coder could not encode or decode: the user's coder is to blame.
 */
public final class StateCodingException extends StateException {
  private StateCodingException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Says that {@code what} could not be encoded. */
  public static StateCodingException encoding(
      String what, @Nullable Object value, Coder<?> coder, Throwable cause) {
    String type = value == null ? "null" : value.getClass().getName();
    return new StateCodingException(
        String.format(
            "%s %s of type %s cannot be encoded by its coder %s: %s. Set a coder that can encode"
                + " every such value (for null: NullableCoder.of(coder)).",
            what.startsWith("e") ? "An" : "A", what, type, coder, cause.getMessage()),
        cause);
  }

  /** Says that {@code what} could not be decoded. */
  public static StateCodingException decoding(String what, Coder<?> coder, Throwable cause) {
    return new StateCodingException(
        String.format(
            "An element of %s cannot be decoded by the coder %s that encoded it: %s. Its encode and"
                + " decode methods must be inverses of each other.",
            what, coder, cause.getMessage()),
        cause);
  }
}
