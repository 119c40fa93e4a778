package dev.sluice.validatesrunner;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.beam.sdk.testing.NeedsRunner;
import org.apache.beam.sdk.testing.ValidatesRunner;

/** One of the sets of tests that Beam publishes and that we run against a runner. */
enum Suite {
  /** What Beam asks of every runner: the tests in category ValidatesRunner. */
  VALIDATES_RUNNER("beam-sdks-java-core-*-tests.jar", "beam-runners-core-java-*-tests.jar"),
  /** The other tests that run a pipeline: in category NeedsRunner, but not in ValidatesRunner. */
  NEEDS_RUNNER("beam-sdks-java-core-*-tests.jar", "beam-runners-core-java-*-tests.jar"),
  /** The tests of the classes that test KafkaIO by pipelines, against mocks of its clients. */
  KAFKA("beam-sdks-java-io-kafka-*-tests.jar");

  /** The categories that select a suite, and so say nothing about a test in it. */
  private static final Set<String> SELECTING =
      Set.of(ValidatesRunner.class.getSimpleName(), NeedsRunner.class.getSimpleName());

  /** Needs a broker in a container. */
  private static final String AGAINST_A_BROKER = "KafkaIOIT";

  private final List<String> jars;

  Suite(String... jars) {
    this.jars = List.of(jars);
  }

  /** The jars that hold it, with wildcards. */
  String[] jars() {
    return jars.toArray(new String[0]);
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

  /** The name in files and on command lines. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
