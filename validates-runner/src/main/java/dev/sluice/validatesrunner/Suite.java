package dev.sluice.validatesrunner;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;

/** One of the sets of tests that Beam publishes and that we run against a runner. */
enum Suite {
  /** What Beam asks of every runner: the tests in category ValidatesRunner. */
  VALIDATES_RUNNER,
  /** The other tests that run a pipeline: in category NeedsRunner, but not in ValidatesRunner. */
  NEEDS_RUNNER,
  /** The tests of the classes that test KafkaIO by pipelines, against mocks of its clients. */
  KAFKA;

  /** The categories that select a suite, and so say nothing about a test in it. */
  private static final Set<String> SELECTING =
      Set.of(ValidatesRunner.class.getSimpleName(), NeedsRunner.class.getSimpleName());

  /** Needs a broker in a container. */
  private static final String AGAINST_A_BROKER = "KafkaIOIT";

  /** The jars that hold it, with wildcards. */
  String[] jars() {
    return switch (this) {
      case VALIDATES_RUNNER, NEEDS_RUNNER ->
          new String[] {"beam-sdks-java-core-*-tests.jar", "beam-runners-core-java-*-tests.jar"};
      case KAFKA -> new String[] {"beam-sdks-java-io-kafka-*-tests.jar"};
    };
  }

  /**
   * Whether a test method belongs to it.
   *
   * @param className the simple name of the class that runs it
   * @param categories all of its categories
   * @param hasPipeline whether the class declares a pipeline that runs on the runner under test
   */
  boolean selects(String className, Set<String> categories, boolean hasPipeline) {
    boolean validates = categories.contains(ValidatesRunner.class.getSimpleName());
    return switch (this) {
      case VALIDATES_RUNNER -> validates;
      case NEEDS_RUNNER -> !validates && categories.contains(NeedsRunner.class.getSimpleName());
      case KAFKA -> hasPipeline && !className.equals(AGAINST_A_BROKER);
    };
  }

  static Set<String> selectingCategories() {
    return SELECTING;
  }

  /** The pipeline options that it runs with on Sluice, beyond those of the mode. */
  List<String> options() {
    return switch (this) {
      case VALIDATES_RUNNER -> List.of();
      // As the DirectRunner, for which these tests are written, does unless told otherwise.
      case NEEDS_RUNNER -> List.of("--checkEncodability=true");
      // All writers of a test share one mock of a producer, and each closes it at its end.
      case KAFKA -> List.of("--parallelism=1");
    };
  }

  /** The heading on the page of conformance. */
  String title() {
    return switch (this) {
      case VALIDATES_RUNNER -> "ValidatesRunner";
      case NEEDS_RUNNER -> "NeedsRunner";
      case KAFKA -> "KafkaIO";
    };
  }

  /** What the page says about it. */
  String description() {
    return switch (this) {
      case VALIDATES_RUNNER -> "What Beam asks of every runner.";
      case NEEDS_RUNNER ->
          "The other tests of the same jars that run a pipeline, of category NeedsRunner. They are"
              + " written for the DirectRunner, which copies every element by its coder"
              + " (`--enforceEncodability`, on by default), and some of them test a coder by that."
              + " They run with `--checkEncodability=true` here, which does the same; without it"
              + " elements pass by reference within a process.";
      case KAFKA ->
          "The tests of `beam-sdks-java-io-kafka:tests` in classes that run a pipeline, against"
              + " Beam's mocks of the clients, with `--parallelism=1` (the writers of a test share"
              + " one mock, and each closes it).";
    };
  }

  /** The name in files and on command lines. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
