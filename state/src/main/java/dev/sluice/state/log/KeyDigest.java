package dev.sluice.state.log;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * What stands in records for a key whose encoding is long: so the encoding is stored once, in the
 * key's main record, however many elements and timers the key has.
 *
 * <p>Owned by one thread. What is always true: the digest of the same bytes is the same in every
 * process; whoever finds a record by it compares the whole key.
 */
@FunctionalInterface
public interface KeyDigest {
  /** How many bytes a digest has. */
  int BYTES = 16;

  /** A key of more bytes stands in records by its digest. */
  int LONGEST_WHOLE_KEY = 1_024;

  /** Appends the digest of some bytes. */
  void put(Bytes into, byte[] key, int from, int count);

  /** Returns the digest that is used: the first 16 bytes of SHA-256. */
  static KeyDigest sha256() {
    return new Sha256();
  }

  /** Asks the platform for SHA-256 when the first long key comes: most tasks never have one. */
  final class Sha256 implements KeyDigest {
    private @Nullable MessageDigest sha;

    private Sha256() {}

    @Override
    public void put(Bytes into, byte[] key, int from, int count) {
      if (sha == null) {
        try {
          sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
          throw new IllegalStateException(
              "every Java platform has SHA-256, but this one has not", e);
        }
      }
      sha.update(key, from, count);
      into.write(sha.digest(), 0, BYTES);
    }
  }
}
