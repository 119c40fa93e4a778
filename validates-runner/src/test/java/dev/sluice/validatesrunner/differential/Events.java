package dev.sluice.validatesrunner.differential;

import java.util.Random;
import java.util.function.Consumer;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TimestampedValue;
import org.joda.time.Duration;
import org.joda.time.Instant;

/**
 * Random events of a {@link TestStream}: elements early, in time and late, and both times moving
 * on.
 *
 * <p>Used by one thread while a pipeline is built. Always true: the first event has no element, so
 * bounded sources are read when the first element comes; before the watermark moves to infinity all
 * processing time has passed that any transform waits for.
 */
final class Events {
  /** No transform waits for more processing time than this. */
  static final long LONGEST_WAIT_MS = 10_000;

  /** An element's value is a power of two, so a sum says which elements are in it. */
  private static final int MOST_ELEMENTS = 60;

  private final Random random;
  private final Consumer<String> text;
  private final boolean single;
  private final boolean late;
  private long watermarkMs;
  private int elements;

  /**
   * Makes events.
   *
   * @param single whether an event holds one element at most
   * @param late whether elements may be behind the watermark
   * @param text is told each event
   */
  Events(Random random, boolean single, boolean late, Consumer<String> text) {
    this.random = random;
    this.single = single;
    this.late = late;
    this.text = text;
  }

  TestStream<KV<Integer, Long>> stream(Coder<KV<Integer, Long>> coder) {
    TestStream.Builder<KV<Integer, Long>> stream =
        TestStream.create(coder).advanceWatermarkTo(Instant.ofEpochMilli(-1_000));
    int count = 3 + random.nextInt(40);
    for (int i = 0; i < count; i++) {
      int kind = random.nextInt(10);
      if (kind < 6) {
        stream = addElements(stream);
      } else if (kind < 8) {
        watermarkMs += 1 + random.nextInt(random.nextInt(8) == 0 ? 800 : 150);
        text.accept("watermark " + watermarkMs);
        stream = stream.advanceWatermarkTo(Instant.ofEpochMilli(watermarkMs));
      } else {
        long ms = 2L * (1 + random.nextInt(50));
        text.accept("clock +" + ms);
        stream = stream.advanceProcessingTime(Duration.millis(ms));
      }
    }
    return stream
        .advanceProcessingTime(Duration.millis(LONGEST_WAIT_MS + 1))
        .advanceWatermarkToInfinity();
  }

  private TestStream.Builder<KV<Integer, Long>> addElements(
      TestStream.Builder<KV<Integer, Long>> stream) {
    TestStream.Builder<KV<Integer, Long>> with = stream;
    if (elements == MOST_ELEMENTS) {
      return with;
    }
    TimestampedValue<KV<Integer, Long>> first = element();
    if (single || random.nextBoolean() || elements == MOST_ELEMENTS) {
      text.accept("element " + describe(first));
      return with.addElements(first);
    }
    TimestampedValue<KV<Integer, Long>> second = element();
    text.accept("elements " + describe(first) + " and " + describe(second));
    return with.addElements(first, second);
  }

  private static String describe(TimestampedValue<KV<Integer, Long>> element) {
    return "%s=%s at %s"
        .formatted(
            element.getValue().getKey(),
            element.getValue().getValue(),
            element.getTimestamp().getMillis());
  }

  private TimestampedValue<KV<Integer, Long>> element() {
    KV<Integer, Long> kv = KV.of(random.nextInt(3), 1L << elements++);
    long timestampMs =
        watermarkMs + (late && random.nextInt(3) == 0 ? -random.nextInt(300) : random.nextInt(250));
    return TimestampedValue.of(kv, Instant.ofEpochMilli(timestampMs));
  }
}
