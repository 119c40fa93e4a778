package dev.sluice.runner;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * A pipeline that counts without end, and knows of each number whether the count that state holds
 * is right: number n is the one with index n / 10 of its key n % 10. What is counted twice or not
 * at all, at any time before, is seen at once.
 */
final class Counting {
  private static final int KEYS = 10;
  private static final Map<String, Counting> BY_NAME = new ConcurrentHashMap<>();

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final Map<Long, CountDownLatch> reached = new ConcurrentHashMap<>();
  private volatile long failAt = -1;
  private volatile long greatest = -1;

  private Counting() {}

  /** What is known of the pipelines of this name. */
  static Counting named(String name) {
    return BY_NAME.computeIfAbsent(name, n -> new Counting());
  }

  /** Adds the transforms to a pipeline. */
  static Pipeline addTo(Pipeline pipeline, String name) {
    return addTo(pipeline, name, "numbers", "count");
  }

  /** The same under names of their own. */
  static Pipeline addTo(Pipeline pipeline, String name, String source, String counter) {
    pipeline
        .apply(source, GenerateSequence.from(0).withRate(20, Duration.millis(1)))
        .apply(
            "key",
            MapElements.into(TypeDescriptors.kvs(TypeDescriptors.longs(), TypeDescriptors.longs()))
                .via(number -> KV.of(number % KEYS, number)))
        .setCoder(KvCoder.of(VarLongCoder.of(), VarLongCoder.of()))
        .apply(counter, ParDo.of(new CountFn(name)));
    return pipeline;
  }

  /** Throws once, at the first number that is not less. */
  void failOnceAt(long number) {
    failAt = number;
  }

  /** The greatest number seen. */
  long greatest() {
    return greatest;
  }

  /** Waits until a number that is not less was counted. */
  void awaitNumber(long number) throws InterruptedException {
    CountDownLatch latch = reached.computeIfAbsent(number, n -> new CountDownLatch(1));
    if (greatest < number && !latch.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("number " + number + " was not counted within a minute");
    }
  }

  /** What was wrong so far. */
  Queue<String> wrong() {
    return wrong;
  }

  private void counted(long number, long count) {
    if (count != number / KEYS + 1) {
      wrong.add("number " + number + " is the " + count + ". of its key");
    }
    synchronized (this) {
      greatest = Math.max(greatest, number);
    }
    reached.forEach(
        (wanted, latch) -> {
          if (number >= wanted) {
            latch.countDown();
          }
        });
    if (failAt >= 0 && number >= failAt) {
      failAt = -1;
      throw new IllegalStateException("fails once");
    }
  }

  private static final class CountFn extends DoFn<KV<Long, Long>, Void> {
    @StateId("count")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

    private final String name;

    CountFn(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> kv, @StateId("count") ValueState<Long> count) {
      Long before = count.read();
      long now = before == null ? 1 : before + 1;
      count.write(now);
      named(name).counted(kv.getValue(), now);
    }
  }
}
