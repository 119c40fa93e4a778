package dev.sluice.state.log;

/**
 * When a task's log does what it has to do now and then.
 *
 * @param heapBytes what waits for the storage goes to the scratch disk beyond this number of bytes
 * @param rawBytes the log is congested when this number of bytes wait to be compressed
 * @param renewBytes a base is renewed when the segments since exceed this number of bytes ...
 * @param renewFraction ... and this fraction of the base
 * @param segments when there are this many segments since the base, they are merged to fewer
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
