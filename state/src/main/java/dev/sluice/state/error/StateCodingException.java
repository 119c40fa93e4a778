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
      String what, @Nullable Object value, Coder<?> coder, Throwable thrown) {
    Throwable cause = printable(thrown);
    String type = value == null ? "null" : value.getClass().getName();
    return new StateCodingException(
        String.format(
            "%s %s of type %s cannot be encoded by its coder %s: %s. Set a coder that can encode"
                + " every such value (for null: NullableCoder.of(coder)).",
            what.startsWith("e") ? "An" : "A",
            what,
            type,
            Thrown.textOf(coder),
            cause.getMessage()),
        cause);
  }

  /** Says that {@code what} could not be decoded. */
  public static StateCodingException decoding(String what, Coder<?> coder, Throwable thrown) {
    Throwable cause = printable(thrown);
    return new StateCodingException(
        String.format(
            "An element of %s cannot be decoded by the coder %s that encoded it: %s. Its encode and"
                + " decode methods must be inverses of each other.",
            what, Thrown.textOf(coder), cause.getMessage()),
        cause);
  }

  /** Without memory there is none for this exception either; it goes out as it came. */
  private static Throwable printable(Throwable thrown) {
    if (thrown instanceof OutOfMemoryError outOfMemory) {
      throw outOfMemory;
    }
    return Thrown.printable(thrown);
  }
}
