package com.example.newcomer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.testing.PAssert;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** What goes wrong inside a newcomer's functions. */
final class FunctionMistakes {
  private static final String LINE = "at com.example.newcomer.FunctionMistakes$";

  private FunctionMistakes() {}

  static List<Mistake> all() {
    List<Mistake> all = new ArrayList<>(thrown());
    all.addAll(
        List.of(
            Mistake.in("an output before its input", p -> upper(p, new Early()))
                .says("'Upper/", "Cannot output with timestamp", "getAllowedTimestampSkew", LINE),
            Mistake.in("a changed element", FunctionMistakes::changed)
                .with("--checkImmutability=true")
                .says("'Append/", "changed its input element from [a] to [a, b]", "change a copy"),
            Mistake.in("a splittable DoFn that claims backwards", p -> upper(p, new Backwards()))
                .says("'Upper/", "claim offset 4 while last attempted was 5", LINE + "Backwards"),
            Mistake.in("elements of another type than declared", FunctionMistakes::miscast)
                .says("'Add one/", "ClassCastException: class java.lang.String", "raw types"),
            Mistake.in(
                    "an assertion that does not hold",
                    p -> PAssert.that("sum", p.apply(Create.of(1, 2))).containsInAnyOrder(3))
                .says("AssertionError: sum", "not matched", "at com.example.newcomer.Function")));
    return all;
  }

  private static List<Mistake> thrown() {
    return List.of(
        failing("a null is dereferenced", w -> Lookup.NAMES.get(w).trim())
            .says("'Upper/", "NullPointerException: Cannot invoke \"String.trim()\"", ".java:"),
        Mistake.in("@Setup throws", p -> upper(p, new Lifecycle("setup")))
            .says("'Upper/", "IllegalStateException: setup", LINE + "Lifecycle.setup("),
        Mistake.in("@StartBundle throws", p -> upper(p, new Lifecycle("start")))
            .says("'Upper/", "IllegalStateException: start", LINE + "Lifecycle.start("),
        Mistake.in("@FinishBundle throws", p -> upper(p, new Lifecycle("finish")))
            .says("'Upper/", "IllegalStateException: finish", LINE + "Lifecycle.finish("),
        failing(
                "a message as long as a file",
                w -> {
                  throw Exceptions.huge();
                })
            .says(
                "'Upper/", "bad file: line", "... (2,", "characters in all)", LINE + "Exceptions"),
        failing(
                "two thousand causes",
                w -> {
                  throw Exceptions.deep();
                })
            .says("'Upper/", "level 1999", "because of", "root (2,000 causes in all)"),
        failing(
                "causes in a circle",
                w -> {
                  throw Exceptions.circular();
                })
            .says(
                "'Upper/", "IllegalStateException: one", "because of", "two", LINE + "Exceptions"),
        failing(
                "an exception that wraps another",
                w -> {
                  throw Exceptions.wrapped();
                })
            .says("'Upper/", "IOException: connection reset", LINE + "Exceptions.wrapped("),
        failing(
                "an exception without a message",
                w -> {
                  throw new RuntimeException();
                })
            .says("'Upper/", "failed: java.lang.RuntimeException", ".java:"),
        failing(
                "a class that is in no jar",
                w -> {
                  throw Exceptions.missingClass();
                })
            .says("'Upper/", "NoClassDefFoundError: org/my/Gone", "in no jar", "--jar=my.jar:"),
        failing("a function that calls itself", Exceptions::again)
            .says("'Upper/", "StackOverflowError", LINE + "Exceptions.again(", "-Xss"),
        Mistake.in(
                "main itself throws",
                p -> {
                  throw new IllegalStateException("no file");
                })
            .says("IllegalStateException: no file", "FunctionMistakes.java:"));
  }

  private static Mistake failing(String name, SerializableFunction<String, String> function) {
    return Mistake.in(
        name,
        p ->
            p.apply(Create.of("a"))
                .apply("Upper", MapElements.into(TypeDescriptors.strings()).via(function)));
  }

  private static void upper(Pipeline p, DoFn<String, String> fn) {
    p.apply(Create.of("a")).apply("Upper", ParDo.of(fn));
  }

  private static void changed(Pipeline p) {
    p.apply(Create.of("a"))
        .apply(
            MapElements.into(TypeDescriptors.lists(TypeDescriptors.strings()))
                .via(word -> new ArrayList<>(List.of(word))))
        .apply("Append", ParDo.of(new Append()));
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void miscast(Pipeline p) {
    PCollection<Integer> numbers = (PCollection) p.apply(Create.of("a"));
    numbers.apply("Add one", MapElements.into(TypeDescriptors.integers()).via(n -> n + 1));
  }

  private static final class Lookup {
    static final Map<String, String> NAMES = new HashMap<>();
  }

  private static final class Exceptions {
    static RuntimeException huge() {
      return new IllegalStateException("bad file: " + "line of a file\n".repeat(150_000));
    }

    static RuntimeException deep() {
      RuntimeException exception = new IllegalStateException("root");
      for (int i = 0; i < 2_000; i++) {
        exception = new IllegalStateException("level " + i, exception);
      }
      return exception;
    }

    static RuntimeException circular() {
      RuntimeException one = new IllegalStateException("one");
      one.initCause(new IllegalStateException("two", one));
      return one;
    }

    static RuntimeException wrapped() {
      return new UncheckedIOException(new IOException("connection reset"));
    }

    static Error missingClass() {
      return new NoClassDefFoundError("org/my/Gone");
    }

    @SuppressWarnings("InfiniteRecursion")
    static String again(String word) {
      return again(word + "!");
    }
  }

  static final class Lifecycle extends DoFn<String, String> {
    private final String failing;

    Lifecycle(String failing) {
      this.failing = failing;
    }

    @Setup
    public void setup() {
      if (failing.equals("setup")) {
        throw new IllegalStateException("setup");
      }
    }

    @StartBundle
    public void start() {
      if (failing.equals("start")) {
        throw new IllegalStateException("start");
      }
    }

    @ProcessElement
    public void process(@Element String word, OutputReceiver<String> out) {
      out.output(word);
    }

    @FinishBundle
    public void finish() {
      if (failing.equals("finish")) {
        throw new IllegalStateException("finish");
      }
    }
  }

  static final class Early extends DoFn<String, String> {
    @ProcessElement
    public void process(@Element String word, @Timestamp Instant at, OutputReceiver<String> out) {
      out.outputWithTimestamp(word, at.minus(Duration.standardHours(1)));
    }
  }

  static final class Append extends DoFn<List<String>, Integer> {
    @ProcessElement
    public void process(@Element List<String> words, OutputReceiver<Integer> out) {
      words.add("b");
      out.output(words.size());
    }
  }

  @DoFn.BoundedPerElement
  static final class Backwards extends DoFn<String, String> {
    @GetInitialRestriction
    public OffsetRange range() {
      return new OffsetRange(0, 10);
    }

    @ProcessElement
    public void process(RestrictionTracker<OffsetRange, Long> tracker, OutputReceiver<String> out) {
      for (long i = 5; tracker.tryClaim(i); i--) {
        out.output("at " + i);
      }
    }
  }
}
