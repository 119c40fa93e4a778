package dev.sluice.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.beam.sdk.transforms.DoFn;

/** What the pipelines of one test have seen, for the test to wait for. Thread-safe. */
final class Seen {
  private static final Map<String, Seen> BY_NAME = new ConcurrentHashMap<>();

  private final List<Object> values = new ArrayList<>();

  private Seen() {}

  static Seen named(String name) {
    return BY_NAME.computeIfAbsent(name, n -> new Seen());
  }

  synchronized void add(Object value) {
    values.add(value);
    notifyAll();
  }

  /** All values so far. */
  synchronized List<Object> values() {
    return new ArrayList<>(values);
  }

  /** Waits until what was seen is as wanted, as long as the job runs. */
  synchronized void await(SluicePipelineResult job, Predicate<List<Object>> wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!wanted.test(values)) {
      if (job.getState().isTerminal() || System.nanoTime() > deadline) {
        throw new AssertionError("the job is " + job.getState() + ", seen were " + values);
      }
      wait(100);
    }
  }

  /** Adds every element to what was seen. */
  static final class See<T> extends DoFn<T, Void> {
    private final String name;

    See(String name) {
      this.name = name;
    }

    @ProcessElement
    public void process(@Element T element) {
      named(name).add(element);
    }
  }
}
