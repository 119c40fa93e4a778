package dev.sluice.state.log;

/**
 * When a task's log does what it has to do now and then.
 *
 * @param heapBytes what waits for the storage goes to the scratch disk beyond so many bytes
 * @param rawBytes the log is congested when so many bytes wait to be compressed
 * @param renewBytes a base is renewed when the segments since exceed so many bytes ...
 * @param renewFraction ... and this fraction of the base
 * @param segments so many segments since the base are merged to fewer
 * @param sortBytes the heap that a merge sorts in
 */
public record LogLimits(
    long heapBytes,
    long rawBytes,
    long renewBytes,
    double renewFraction,
    int segments,
    int sortBytes) {
  /** What suits a task in production. */
  public static final LogLimits DEFAULT =
      new LogLimits(16L << 20, 32L << 20, 128L << 20, 0.25, 64, 16 << 20);
}
