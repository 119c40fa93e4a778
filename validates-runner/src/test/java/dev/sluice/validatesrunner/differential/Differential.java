package dev.sluice.validatesrunner.differential;

import dev.sluice.runner.SluicePipelineOptions;
import dev.sluice.runner.TestSluiceRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestPipelineOptions;

/**
 * Runs a {@link RandomPipeline} on Beam's DirectRunner and twice on Sluice, with and without its
 * fast paths, and compares what was seen.
 *
 * <p>Any thread; runs share nothing but {@link Observations}.
 */
final class Differential {
  private static final int MOST_LINES = 40;
  private static final long LIMIT_SECONDS = 60;

  /** Who executes a pipeline. */
  private enum Executor {
    DIRECT,
    SLUICE,
    SLUICE_GENERAL_PATH
  }

  private Differential() {}

  /** Returns what differed between the executions of the pipeline of this seed. */
  static Optional<String> of(long seed) {
    String text = null;
    List<String> expected = null;
    for (Executor executor : Executor.values()) {
      String run = seed + "/" + executor;
      List<String> seen;
      try {
        Pipeline pipeline = Pipeline.create(options(executor, seed));
        text = RandomPipeline.build(seed, pipeline, run);
        pipeline.run();
        seen = Observations.take(run);
      } catch (RuntimeException | AssertionError e) {
        Observations.take(run);
        return Optional.of("seed %s fails on %s: %s%n%s".formatted(seed, executor, e, text));
      }
      if (expected == null) {
        expected = seen;
      } else if (!expected.equals(seen)) {
        return Optional.of(
            "seed %s: %s and %s differ%n%s%n%s"
                .formatted(
                    seed, Executor.DIRECT, executor, text, difference(expected, seen, executor)));
      }
    }
    return Optional.empty();
  }

  private static String difference(List<String> expected, List<String> seen, Executor executor) {
    List<String> missing = minus(expected, seen);
    List<String> more = minus(seen, expected);
    return "only on DIRECT (%s):%n%sonly on %s (%s):%n%s"
        .formatted(missing.size(), lines(missing), executor, more.size(), lines(more));
  }

  private static List<String> minus(List<String> from, List<String> what) {
    List<String> rest = new ArrayList<>(from);
    what.forEach(rest::remove);
    return rest;
  }

  private static String lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.stream().limit(MOST_LINES).forEach(line -> text.append("  ").append(line).append('\n'));
    return text.toString();
  }

  private static PipelineOptions options(Executor executor, long seed) {
    PipelineOptions options = PipelineOptionsFactory.create();
    if (executor == Executor.DIRECT) {
      options.setRunner(DirectRunner.class);
      DirectOptions direct = options.as(DirectOptions.class);
      direct.setTargetParallelism(2);
      direct.setEnforceImmutability(false);
      direct.setEnforceEncodability(false);
      return options;
    }
    options.setRunner(TestSluiceRunner.class);
    options.as(TestPipelineOptions.class).setTestTimeoutSeconds(LIMIT_SECONDS);
    Random random = new Random(seed);
    SluicePipelineOptions sluice = options.as(SluicePipelineOptions.class);
    sluice.setParallelism(RandomPipeline.needsOneTask(seed) ? 1 : 2 + random.nextInt(2));
    sluice.setCheckpointIntervalMs(random.nextInt(3) == 0 ? 10 : 0);
    if (executor == Executor.SLUICE_GENERAL_PATH) {
      ExperimentalOptions.addExperiment(
          options.as(ExperimentalOptions.class), "sluice_general_path");
    }
    return options;
  }

  /** Runs the seeds from the first argument to the second and prints each difference. */
  public static void main(String[] args) throws InterruptedException {
    Seeds seeds = args.length == 0 ? Seeds.ofThisRun() : Seeds.parse(String.join("-", args));
    List<String> differences = seeds.compare(difference -> System.out.println(difference + "\n"));
    System.out.printf("%s pipelines, %s differ%n", seeds.count(), differences.size());
    System.exit(differences.isEmpty() ? 0 : 1);
  }
}
