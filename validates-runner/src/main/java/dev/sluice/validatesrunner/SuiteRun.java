package dev.sluice.validatesrunner;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.beam.sdk.testing.TestPipeline;
import org.junit.runner.Description;
import org.junit.runner.JUnitCore;
import org.junit.runner.Request;
import org.junit.runner.Result;
import org.junit.runner.manipulation.Filter;

/**
 * One pass over a set of tests in one mode. Owned by its caller; its lanes are threads of its own,
 * gone when {@link #run} returns. Two tests of one outer class never run at the same time, because
 * they share static fields; the largest classes start first, so that the lanes end together.
 */
final class SuiteRun {

  /** Between its tests it makes the JVM forget all kinds of options, those of others included. */
  private static final String RESETS_OPTIONS =
      "org.apache.beam.sdk.options.ProxyInvocationHandlerTest";

  /**
   * How a suite is run.
   *
   * @param runner name of the Beam runner
   * @param options further pipeline options, beyond those of the mode
   * @param limit the time that a test has
   * @param lanes how many classes run side by side
   */
  record Settings(
      String runner, List<String> options, Function<BeamTest, Duration> limit, int lanes) {
    Settings {
      options = List.copyOf(options);
    }
  }

  private final Mode mode;
  private final Settings settings;
  private final Consumer<Outcome> progress;

  SuiteRun(Mode mode, Settings settings, Consumer<Outcome> progress) {
    this.mode = mode;
    this.settings = settings;
    this.progress = progress;
  }

  /** Runs the tests and returns their outcomes by name. Fails only if the harness itself does. */
  List<Outcome> run(Collection<BeamTest> tests) throws InterruptedException {
    String before = System.getProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS);
    System.setProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS, optionsAsJson());
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    // They look at what the whole JVM shares, its log levels for one: nothing runs beside them.
    runLane(byOuterClass(tests.stream().filter(SuiteRun::runsAlone).toList()), outcomes);
    Queue<List<BeamTest>> classes =
        byOuterClass(tests.stream().filter(test -> !runsAlone(test)).toList());
    ExecutorService lanes = Executors.newFixedThreadPool(settings.lanes());
    try {
      List<Future<?>> ends = new ArrayList<>();
      for (int lane = 0; lane < settings.lanes(); lane++) {
        ends.add(lanes.submit(() -> runLane(classes, outcomes)));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a lane of the suite failed", e.getCause());
    } finally {
      lanes.shutdownNow();
      restore(before);
    }
    List<Outcome> sorted = new ArrayList<>(outcomes);
    sorted.sort(Comparator.comparing(Outcome::test));
    return sorted;
  }

  private static boolean runsAlone(BeamTest test) {
    return test.need() == Need.OWN_JVM || test.outerClass().equals(RESETS_OPTIONS);
  }

  private Void runLane(Queue<List<BeamTest>> classes, List<Outcome> outcomes)
      throws InterruptedException {
    while (true) {
      List<BeamTest> tests;
      synchronized (classes) {
        tests = classes.poll();
      }
      if (tests == null) {
        return null;
      }
      for (BeamTest test : tests) {
        Outcome outcome =
            test.ignored()
                ? Outcome.ignored(test, mode)
                : new TimeLimit(settings.limit().apply(test)).run(test, mode, () -> runOne(test));
        outcomes.add(outcome);
        progress.accept(outcome);
      }
    }
  }

  private Outcome runOne(BeamTest test) {
    long start = System.nanoTime();
    try {
      Class<?> type = Class.forName(test.className());
      Result result = new JUnitCore().run(Request.aClass(type).filterWith(only(test.method())));
      long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
      if (result.getFailures().isEmpty()) {
        return Outcome.passed(test, mode, millis);
      }
      return Outcome.failed(test, mode, millis, result.getFailures().get(0).getException());
    } catch (ClassNotFoundException | LinkageError e) {
      return Outcome.failed(test, mode, 0, e);
    }
  }

  /** The method with that name; with each of its parameters, if its class has some. */
  private static Filter only(String method) {
    return new Filter() {
      @Override
      public boolean shouldRun(Description description) {
        String name = description.getMethodName();
        return description.isTest()
            ? name.equals(method) || name.startsWith(method + "[")
            : description.getChildren().stream().anyMatch(this::shouldRun);
      }

      @Override
      public String describe() {
        return "method " + method;
      }
    };
  }

  private static Queue<List<BeamTest>> byOuterClass(Collection<BeamTest> tests) {
    Map<String, List<BeamTest>> classes = new LinkedHashMap<>();
    for (BeamTest test : tests) {
      classes.computeIfAbsent(test.outerClass(), name -> new ArrayList<>()).add(test);
    }
    List<List<BeamTest>> largestFirst = new ArrayList<>(classes.values());
    largestFirst.sort(Comparator.comparing(list -> -list.size()));
    return new ArrayDeque<>(largestFirst);
  }

  private String optionsAsJson() {
    List<String> options = new ArrayList<>();
    options.add("--runner=" + settings.runner());
    options.addAll(mode.options());
    options.addAll(settings.options());
    try {
      return new ObjectMapper().writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options that are no JSON: " + options, e);
    }
  }

  private static void restore(String before) {
    if (before == null) {
      System.clearProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS);
    } else {
      System.setProperty(TestPipeline.PROPERTY_BEAM_TEST_PIPELINE_OPTIONS, before);
    }
  }
}
