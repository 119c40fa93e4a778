package dev.sluice.runner.simulation;

import dev.sluice.runner.SluiceRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** One random pipeline, run once under one seed and checked. */
final class SimulatedRun {
  private SimulatedRun() {}

  /**
   * Builds the seed's pipeline, runs it in the seed's order and checks what came out.
   *
   * @return the hash of all that happened
   * @throws AssertionError that names the seed
   */
  static long check(long seed) {
    return check(seed, Simulation.Faults.NONE, SimulatedCluster.Trouble.NONE, new Story(false));
  }

  /** The same with everything that can go wrong. */
  static long checkUnderFire(long seed) {
    return checkUnderFire(seed, new Story(false));
  }

  private static long checkUnderFire(long seed, Story story) {
    Random random = new Random(seed * 17 + 3);
    SimulatedCluster.Trouble trouble =
        new SimulatedCluster.Trouble(
            1 + random.nextInt(4), random.nextInt(4), 1L << (4 + random.nextInt(8)));
    return check(seed, Simulation.Faults.MANY, trouble, story);
  }

  private static long check(
      long seed, Simulation.Faults faults, SimulatedCluster.Trouble trouble, Story story) {
    boolean underFire = !faults.equals(Simulation.Faults.NONE);
    String replay =
        underFire ? "bin/dev seed " + seed + " --trace" : "SimulatedRun.check(" + seed + "L)";
    Simulation simulation = Simulation.seed(seed, faults, story);
    Random random = new Random(seed * 31 + 7);
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(SluiceRunner.class); // Beam wants one named, although the simulation runs it
    Pipeline pipeline = Pipeline.create(options);
    String sink = replay;
    List<String> expected = sorted(RandomPipeline.build(random, pipeline, sink));
    try {
      new SimulatedCluster(simulation, trouble)
          .whenUnreadable(() -> Witness.forgive(sink))
          .run(pipeline, 1 + random.nextInt(3));
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed %d (replay: %s)%n%s".formatted(seed, replay, story.ending()), e);
    } finally {
      Witness.forget(sink);
    }
    List<String> actual = new ArrayList<>(Collected.takeFrom(sink));
    actual.sort(null);
    if (!actual.equals(expected)) {
      throw new AssertionError(
          "seed %d (replay: %s)%nexpected %s%nbut got  %s%n%s"
              .formatted(seed, replay, expected, actual, story.ending()));
    }
    return simulation.traceHash();
  }

  private static List<String> sorted(List<Datum> elements) {
    return elements.stream().map(Datum::toString).sorted().toList();
  }

  /**
   * Prints the trace hash of each seed from the first to the second argument, one per line; with
   * {@code fire} as the third one of the runs under fire, and with {@code --trace} as the fourth
   * their whole stories before.
   */
  public static void main(String[] args) {
    boolean aloud = args.length > 3 && args[3].equals("--trace");
    for (long seed = Long.parseLong(args[0]); seed <= Long.parseLong(args[1]); seed++) {
      System.out.println(args.length > 2 ? checkUnderFire(seed, new Story(aloud)) : check(seed));
    }
  }
}
