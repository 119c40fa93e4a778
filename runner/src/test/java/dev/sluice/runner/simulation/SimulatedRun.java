package dev.sluice.runner.simulation;

import dev.sluice.runner.SluiceRunner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** One random pipeline, run once under one seed and checked. */
final class SimulatedRun {
  private static final Comparator<Datum> ORDER = Comparator.comparing(Datum::toString);

  private SimulatedRun() {}

  /**
   * Builds the seed's pipeline, runs it in the seed's order and checks what came out.
   *
   * @return the hash of all that happened
   * @throws AssertionError that names the seed
   */
  static long check(long seed) {
    Simulation simulation = Simulation.seed(seed);
    Random random = new Random(seed * 31 + 7);
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(SluiceRunner.class); // Beam wants one named, although the simulation runs it
    Pipeline pipeline = Pipeline.create(options);
    String sink = "seed-" + seed;
    List<Datum> expected = sorted(RandomPipeline.build(random, pipeline, sink));
    try {
      new SimulatedCluster(simulation).run(pipeline, 1 + random.nextInt(3));
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + " (replay: SimulatedRun.check(" + seed + "L))", e);
    }
    List<Datum> actual = sorted(Collected.takeFrom(sink));
    if (!actual.equals(expected)) {
      throw new AssertionError(
          "seed %d (replay: SimulatedRun.check(%dL))%nexpected %s%nbut got  %s"
              .formatted(seed, seed, expected, actual));
    }
    return simulation.traceHash();
  }

  private static List<Datum> sorted(List<Datum> elements) {
    List<Datum> sorted = new ArrayList<>(elements);
    sorted.sort(ORDER);
    return sorted;
  }

  /** Prints the trace hash of each seed from the first to the second argument, one per line. */
  public static void main(String[] args) {
    for (long seed = Long.parseLong(args[0]); seed <= Long.parseLong(args[1]); seed++) {
      System.out.println(check(seed));
    }
  }
}
