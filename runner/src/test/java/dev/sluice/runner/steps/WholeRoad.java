package dev.sluice.runner.steps;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.ThreadMXBean;
import dev.sluice.coordinator.JobIntake;
import dev.sluice.coordinator.JobOrigin;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.JobUpdate;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.protocol.world.Exceptions;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.runner.SluiceRunner;
import dev.sluice.runner.storage.ScratchPlaces;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.worker.Resolvers;
import java.lang.management.ManagementFactory;
import java.util.List;
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
    TranslatedPrograms programs = new TranslatedPrograms();
    Program program = new Program(proto, false, json(options), List.of());
    MemoryFolder folder = new MemoryFolder(1L << 30, MemoryFolder.Faults.NONE);
    StorageOpener storages = (location, namedBy) -> new FolderFiles(folder, "steps");
    TurnedCluster cluster = new TurnedCluster();
    Submission submission =
        new Submission(
            new JobId("job-1"),
            "job",
            program,
            JobSettings.of(PARALLELISM, 0),
            TurnedCluster.CLIENT,
            new WantedOrigin(
                Optional.of(StorageLocation.of("memory")),
                Optional.empty(),
                false,
                false,
                TransformNames.SAME,
                Signatures.of(programs.graph(program))));
    JobUpdate.Ended ended =
        cluster.run(
            submission,
            new JobIntake(
                programs,
                new JobOrigin.Places(
                    storages, new ScratchPlaces(), cluster, new Holder("steps", 1, 0))),
            new Resolvers(
                programs,
                (job, hashes) -> WholeRoad.class.getClassLoader(),
                storages,
                Exceptions.NOT_KEPT));
    if (ended.phase() != JobPhase.DONE) {
      throw new AssertionError("the job ended " + ended.phase() + ": " + ended.failure());
    }
  }

  private static String json(PipelineOptions options) {
    try {
      return new ObjectMapper().writeValueAsString(options);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
