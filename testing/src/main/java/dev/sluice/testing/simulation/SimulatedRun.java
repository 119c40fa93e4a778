package dev.sluice.testing.simulation;

import dev.sluice.runner.SluiceRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** One random pipeline, run once under one seed and checked. */
final class SimulatedRun {
  private static final long OFTEN_MS = 10;
  private static final long RARELY_MS = 24 * 3_600_000;

  private SimulatedRun() {}

  /**
   * Builds the seed's pipeline, runs it in the seed's order and checks what came out.
   *
   * @return the hash of all that happened
   * @throws AssertionError that names the seed
   */
  static long check(long seed) {
    return check("check", seed, Situation.CALM, new Story(false));
  }

  /** The same with periodic checkpoints so rare that none may be waited for. */
  static void checkWithRareCheckpoints(long seed) {
    check("checkWithRareCheckpoints", seed, Situation.CALM.withRareCheckpoints(), new Story(false));
  }

  /** The same with everything that can go wrong. */
  static void checkWithRareCheckpointsUnderFire(long seed) {
    check(
        "checkWithRareCheckpointsUnderFire",
        seed,
        Situation.underFire(seed).withRareCheckpoints(),
        new Story(false));
  }

  /** The same with everything that can go wrong. */
  static long checkUnderFire(long seed) {
    return checkUnderFire(seed, new Story(false));
  }

  private static long checkUnderFire(long seed, Story story) {
    return check("checkUnderFire", seed, Situation.underFire(seed), story);
  }

  /** What a pipeline meets: faults of the cluster, crashes, and how often it saves. */
  private record Situation(
      Simulation.Faults faults, SimulatedCluster.Trouble trouble, long checkpointIntervalMs) {
    static final Situation CALM =
        new Situation(Simulation.Faults.NONE, SimulatedCluster.Trouble.NONE, OFTEN_MS);

    static Situation underFire(long seed) {
      Random random = new Random(seed * 17 + 3);
      SimulatedCluster.Trouble trouble =
          new SimulatedCluster.Trouble(
              1 + random.nextInt(4), random.nextInt(4), 1L << (4 + random.nextInt(8)));
      return new Situation(Simulation.Faults.MANY, trouble, OFTEN_MS);
    }

    Situation withRareCheckpoints() {
      return new Situation(faults, trouble, RARELY_MS);
    }
  }

  private static long check(String kind, long seed, Situation situation, Story story) {
    String replay =
        kind.equals("checkUnderFire")
            ? "bin/dev seed " + seed + " --trace"
            : "SimulatedRun.%s(%dL)".formatted(kind, seed);
    Simulation simulation = Simulation.seed(seed, situation.faults(), story);
    Random random = new Random(seed * 31 + 7);
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(SluiceRunner.class); // Beam wants one named, although the simulation runs it
    Pipeline pipeline = Pipeline.create(options);
    String sink = replay;
    List<String> expected = sorted(RandomPipeline.build(random, pipeline, sink));
    try {
      new SimulatedCluster(simulation, situation.trouble())
          .whenUnreadable(() -> Witness.forgive(sink))
          .checkpointingEvery(situation.checkpointIntervalMs())
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
    if (simulation.elapsedMs() >= RARELY_MS) {
      throw new AssertionError(
          "seed %d (replay: %s) took %d ms%n%s"
              .formatted(seed, replay, simulation.elapsedMs(), story.ending()));
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
