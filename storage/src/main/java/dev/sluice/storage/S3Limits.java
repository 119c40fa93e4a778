package dev.sluice.storage;

import java.time.Duration;

/**
 * How large the parts of an upload are, and how long one request may take. Pure arithmetic.
 *
 * <p>What is always true: a part is on the heap until it is sent, so it is bounded; a request that
 * moves bytes has the time that they take at the least throughput, beside what every request has.
 */
final class S3Limits {
  /** As many as S3 takes. */
  static final int MOST_PARTS = 10_000;

  /** How long the service may take to answer one try of a request that moves next to nothing. */
  static final Duration ATTEMPT = Duration.ofSeconds(30);

  private static final int FIRST_PART_BYTES = 8 << 20;

  /** Parts grow so that few tries move little data, and a file may have a terabyte all the same. */
  private static final int PARTS_OF_ONE_SIZE = 500;

  private static final int MOST_DOUBLINGS = 4;

  /** A connection that is slower is taken for a dead one. */
  private static final int LEAST_BYTES_PER_SECOND = 1 << 20;

  /** What a service needs to put one more part into its place. */
  private static final Duration JOINING_A_PART = Duration.ofMillis(50);

  /** The SDK tries three times, and waits in between. */
  private static final int ATTEMPTS_OF_A_CALL = 4;

  private S3Limits() {}

  /** Returns the size of the part with this number of others before it. */
  static int partBytes(int partsBefore) {
    return FIRST_PART_BYTES << Math.min(MOST_DOUBLINGS, partsBefore / PARTS_OF_ONE_SIZE);
  }

  /** Returns the time for one try of a request that moves this number of bytes. */
  static Duration toMove(long bytes) {
    return ATTEMPT.plus(Duration.ofMillis(bytes * 1_000 / LEAST_BYTES_PER_SECOND));
  }

  /** Returns the time for one try of the request that makes this number of parts one object. */
  static Duration toJoin(int parts) {
    return ATTEMPT.plus(JOINING_A_PART.multipliedBy(parts));
  }

  /** Returns the time for a request with all its tries. */
  static Duration withRetries(Duration attempt) {
    return attempt.multipliedBy(ATTEMPTS_OF_A_CALL);
  }
}
