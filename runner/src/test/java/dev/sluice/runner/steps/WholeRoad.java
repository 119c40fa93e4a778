package dev.sluice.runner.steps;

import com.sun.management.ThreadMXBean;
import dev.sluice.coordinator.Durability;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.JobUpdate;
import dev.sluice.coordinator.StoredLedger;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.runner.SluiceRunner;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.function.BiFunction;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;

/**
 * The whole road of a pipeline through Sluice: from its proto to the job's last checkpoint. Counts
 * the steps and the allocated bytes; what Beam does before is not counted.
 */
public final class WholeRoad implements BiFunction<String, Integer, long[]> {
  private static final int PARALLELISM = 2;

  @Override
  public long[] apply(String shape, Integer maps) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(SluiceRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    Growing.valueOf(shape).build(pipeline, maps);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    RunnerApi.Pipeline proto = PipelineTranslation.toProto(pipeline);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().getId();
    long bytes = threads.getThreadAllocatedBytes(thread);
    long steps = StepCounter.steps();
    run(proto, options);
    return new long[] {
      StepCounter.steps() - steps, threads.getThreadAllocatedBytes(thread) - bytes
    };
  }

  private static void run(RunnerApi.Pipeline proto, PipelineOptions options) {
    JobGraph graph = JobGraphs.translate(proto, false);
    TurnedCluster cluster = new TurnedCluster();
    StoredLedger ledger =
        new StoredLedger(
            JobCheckpoints.claim(
                new FolderFiles(new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE), "steps"),
                "job",
                new Holder("steps", 1, 0)),
            "job",
            Signatures.of(graph),
            TransformNames.SAME,
            (manifest, files, location) -> {},
            cluster);
    JobUpdate.Ended ended =
        cluster.run(
            new JobSpec(
                new JobId("job-1"),
                graph,
                options,
                WholeRoad.class.getClassLoader(),
                JobSettings.of(PARALLELISM, 0),
                TurnedCluster.CLIENT,
                Optional.of(new Durability(ledger, Optional.empty(), true))));
    if (ended.phase() != JobPhase.DONE) {
      throw new AssertionError("the job ended " + ended.phase() + ": " + ended.failure());
    }
  }
}
