package dev.sluice.runner.simulation;

import dev.sluice.coordinator.ClientRequest;
import dev.sluice.coordinator.Coordinator;
import dev.sluice.coordinator.JobPhase;
import dev.sluice.coordinator.JobSettings;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.worker.Worker;
import dev.sluice.worker.protocol.JobId;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/**
 * A coordinator, a worker and a client in one {@link Simulation}.
 *
 * <p>Owned by the test's thread.
 */
final class SimulatedCluster {
  private static final long MOST_EVENTS = 2_000_000;

  private final Simulation simulation;
  private JobUpdate.Ended ended;

  SimulatedCluster(Simulation simulation) {
    this.simulation = simulation;
    simulation.register("client", this::update);
    simulation.register("coordinator", new Coordinator("coordinator", simulation, entry -> {}, simulation.world().io()));
    new Worker("worker-0", "coordinator", simulation.world());
  }

  private void update(Object message) {
    if (message instanceof JobUpdate.Ended end) {
      ended = end;
    }
  }

  /**
   * Runs a pipeline to its end.
   *
   * @throws AssertionError if the job stalls, does not end, or fails
   */
  void run(Pipeline pipeline, int parallelism) {
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    JobGraph graph = JobGraphs.translate(PipelineTranslation.toProto(pipeline), false);
    JobSpec spec =
        new JobSpec(
            new JobId("simulated"),
            graph,
            pipeline.getOptions(),
            getClass().getClassLoader(),
            JobSettings.of(parallelism, 10),
            "client",
            Optional.empty());
    simulation.send("coordinator", new ClientRequest.Submit(spec));
    simulation.runUntil(() -> ended != null, MOST_EVENTS);
    if (ended.phase() != JobPhase.DONE) {
      throw new AssertionError(
          "the job ended " + ended.phase() + ": " + ended.failure(),
          ended.failure().map(failure -> failure.cause()).orElse(null));
    }
  }
}
