package dev.sluice.benchmarks;

import java.nio.ByteBuffer;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/**
 * Emits for each record how many its key has had, and keeps that number at the head of a value of a
 * given size: one read and one write of value state.
 */
final class CountInBytes extends DoFn<KV<Long, Long>, Long> {

  private static final String COUNT = "count";

  @StateId(COUNT)
  private final StateSpec<ValueState<byte[]>> spec = StateSpecs.value(ByteArrayCoder.of());

  private final int valueBytes;

  CountInBytes(int valueBytes) {
    if (valueBytes < Long.BYTES) {
      throw new IllegalArgumentException("--valueBytes=" + valueBytes + " has no room for a count");
    }
    this.valueBytes = valueBytes;
  }

  @ProcessElement
  public void processElement(
      @Element KV<Long, Long> record,
      @StateId(COUNT) ValueState<byte[]> count,
      OutputReceiver<Long> output) {
    byte[] before = count.read();
    byte[] now = next(before, record.getKey(), valueBytes);
    count.write(now);
    output.output(countIn(now));
  }

  /** Returns the value after {@code before}, which is null for a key's first record. */
  static byte[] next(byte[] before, long key, int valueBytes) {
    byte[] now;
    if (before == null) {
      now = new byte[valueBytes];
      fill(now, key);
    } else {
      now = before.clone();
    }
    ByteBuffer.wrap(now).putLong(0, countIn(now) + 1);
    return now;
  }

  /** Bytes that no compression makes less of, behind a count of 0. */
  private static void fill(byte[] value, long key) {
    for (int i = Long.BYTES; i < value.length; i++) {
      value[i] = (byte) Records.mix(key * value.length + i);
    }
  }

  static long countIn(byte[] value) {
    return ByteBuffer.wrap(value).getLong(0);
  }
}
