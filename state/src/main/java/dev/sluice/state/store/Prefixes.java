package dev.sluice.state.store;

import java.util.Arrays;
import org.checkerframework.checker.nullness.qual.Nullable;

/** Ranges of byte strings that begin alike. Pure functions. */
final class Prefixes {
  private Prefixes() {}

  static boolean startsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  /** Returns the least string above all that begin with the prefix; null if there is none. */
  static byte @Nullable [] end(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != -1) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    return null;
  }
}
