package dev.sluice.translation;

/**
 * Thrown for a transform that Sluice does not know how to run.
 *
 * <p>It is the user's to act on: the message names the transform as the user named it, says what is
 * not supported about it and what to do instead.
 */
public final class UnsupportedTransformException extends RuntimeException {

  private final String transformName;
  private final String urn;

  UnsupportedTransformException(String transformName, String urn, String problem, String remedy) {
    super("Transform '%s' (%s) %s. %s".formatted(transformName, shown(urn), problem, remedy));
    this.transformName = transformName;
    this.urn = urn;
  }

  private static String shown(String urn) {
    return urn.isEmpty() ? "no URN" : "URN " + urn;
  }

  /** The full name of the transform, as Beam shows it. */
  public String transformName() {
    return transformName;
  }

  /** The URN that was not understood; empty if the transform has none. */
  public String urn() {
    return urn;
  }
}
