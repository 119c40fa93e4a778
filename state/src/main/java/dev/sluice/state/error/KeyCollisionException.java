package dev.sluice.state.error;

/**
 * Two keys of one transform have the same digest, so that one would have the state of the other. By
 * chance that does not happen: the keys were made for it.
 */
public final class KeyCollisionException extends StateException {
  /**
   * A collision.
   *
   * @param transform the full name of the transform
   * @param longestWholeKey longer keys are known by their digests
   */
  public KeyCollisionException(String transform, int longestWholeKey) {
    super(
        String.format(
            "Two different keys of transform %s have the same digest (128 bits of SHA-256), by"
                + " which keys are known that are encoded in more than %d bytes. Such keys do not"
                + " occur by chance: find out who made them, and give them an encoding that is"
                + " shorter, or begins with a secret.",
            transform, longestWholeKey),
        null);
  }
}
