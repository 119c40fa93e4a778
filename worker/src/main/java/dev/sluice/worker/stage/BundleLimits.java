package dev.sluice.worker.stage;

/**
 * When a bundle of a stage is to end, if nothing else ends it before.
 *
 * <p>A bundle that {@linkplain #outlasts outlasts a slice} stays open while input pauses and
 * watermarks move; any other one ends with its first slice.
 *
 * @param elements how many elements it may give to one DoFn that looks at bundles
 * @param bytes how large these may be together, by an estimate
 * @param nanos how long it may be open
 */
public record BundleLimits(long elements, long bytes, long nanos) {
  private static final long MOST_ELEMENTS = 1_000_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final long NANOS_PER_MS = 1_000_000;

  /** A slice is no longer than this. */
  public static final long SLICE_MS = 10;

  /** As long as a slice: up to 1,000 elements, 10 ms, or a pause of the input. */
  public static final BundleLimits SLICE = new BundleLimits(0, 0, 0);

  /** As long as memory allows: for input that ends by itself. */
  public static final BundleLimits SIZE =
      new BundleLimits(MOST_ELEMENTS, MOST_BYTES, Long.MAX_VALUE);

  /** As long as memory allows, but no longer than this. */
  public static BundleLimits ofMs(long ms) {
    return new BundleLimits(MOST_ELEMENTS, MOST_BYTES, ms * NANOS_PER_MS);
  }

  /** Whether a bundle may be longer than a slice. */
  public boolean outlasts() {
    return elements > 0;
  }
}
