package dev.sluice.state.log;

/** Two names of one job have one hash, by chance: one of them has to be changed by the user. */
public final class NameClashException extends RuntimeException {
  NameClashException(String message) {
    super(message);
  }
}
