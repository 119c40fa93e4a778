package dev.sluice.examples.adclicks;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.io.kafka.KafkaRecord;
import org.apache.beam.sdk.io.kafka.TimestampPolicy;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * Event time of one Kafka partition: clicks carry it, and are out of order by a bounded time, so
 * the watermark stays that much behind the latest click.
 *
 * <p>A partition that has been read to its end and stays silent would hold the watermark for ever.
 * After a grace period, event time is therefore assumed to advance at its usual pace. KafkaIO calls
 * this from one thread.
 */
final class ClickWatermark extends TimestampPolicy<byte[], String> {
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final double speed;
  private boolean anyClick;
  private long latestMs;
  private long latestAtNanos;
  private Instant watermark;

  /**
   * @param speed how many seconds of event time pass in a second
   * @param previous the watermark from which an earlier reader of this partition left off
   */
  ClickWatermark(double speed, Optional<Instant> previous) {
    this.speed = speed;
    this.watermark = previous.orElse(BoundedWindow.TIMESTAMP_MIN_VALUE);
  }

  @Override
  public Instant getTimestampForRecord(
      PartitionContext context, KafkaRecord<byte[], String> record) {
    return timestamp(record.getKV().getValue(), System.nanoTime());
  }

  @Override
  public Instant getWatermark(PartitionContext context) {
    return watermark(context.getMessageBacklog() == 0, System.nanoTime());
  }

  Instant timestamp(String line, long nowNanos) {
    long timeMs;
    try {
      timeMs = Click.parse(line).timeMs();
    } catch (IllegalArgumentException e) {
      // The pipeline drops and counts it; it must not move the watermark.
      return watermark;
    }
    if (!anyClick || timeMs > latestMs) {
      latestMs = timeMs;
    }
    anyClick = true;
    latestAtNanos = nowNanos;
    return Instant.ofEpochMilli(timeMs);
  }

  Instant watermark(boolean readToTheEnd, long nowNanos) {
    if (anyClick) {
      long silentNanos = readToTheEnd ? Math.max(0, nowNanos - latestAtNanos - GRACE_NANOS) : 0;
      long passedMs = (long) (TimeUnit.NANOSECONDS.toMillis(silentNanos) * speed);
      Instant now = Instant.ofEpochMilli(latestMs - ClickGenerator.DISORDER_MS + passedMs);
      if (now.isAfter(watermark)) {
        watermark = now;
      }
    }
    return watermark;
  }
}
