package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.protocol.StorageLocation;
import dev.sluice.protocol.Submission;
import dev.sluice.protocol.WantedOrigin;
import dev.sluice.protocol.world.StorageOpener;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A storage that is full fails checkpoints, not the job. */
@Timeout(120)
final class FullStorageTest {
  private static final String NAME = "full storage";
  private static final StorageLocation CHECKPOINTS = StorageLocation.of("checkpoints");
  private static final StorageLocation SAVEPOINT = StorageLocation.of("savepoint");
  private static final int REFUSALS = 5;

  private final CountDownLatch refused = new CountDownLatch(REFUSALS);
  private final MemoryFolder checkpoints = new MemoryFolder(1L << 26, this::beforeOperation);
  private final MemoryFolder savepoints = new MemoryFolder(1L << 26, MemoryFolder.Faults.NONE);
  private volatile boolean full;

  private void beforeOperation(String operation) throws IOException {
    if (full && operation.startsWith("write")) {
      refused.countDown();
      throw new IOException("No space left on device");
    }
  }

  @Test
  void theJobGoesOnAndItsNextCheckpointIsWhole() throws InterruptedException, IOException {
    Counting counting = Counting.named(NAME);
    EmbeddedCluster cluster = EmbeddedCluster.start(1L << 26, new WithFolders(), ended -> {});
    try {
      JobHandle job = submit(cluster);
      job.awaitAccepted();
      counting.awaitNumber(2_000);
      full = true;
      assertThat(refused.await(60, TimeUnit.SECONDS)).isTrue();
      counting.awaitNumber(counting.greatest() + 2_000);
      assertThat(job.endedOrNull()).isNull();

      full = false;
      job.savepoint(SAVEPOINT, SavepointRequest.Then.STOP);
      assertThat(job.await().phase()).isEqualTo(JobPhase.CANCELLED);
      assertThat(new FolderFiles(savepoints, "test").read("savepoint.json")).isPresent();
      assertThat(counting.wrong()).isEmpty();
    } finally {
      cluster.close();
    }
  }

  private JobHandle submit(EmbeddedCluster cluster) {
    SluicePipelineOptions options =
        Pipelines.create("--toleratedCheckpointFailures=1000")
            .getOptions()
            .as(SluicePipelineOptions.class);
    Pipeline pipeline = Counting.addTo(Pipeline.create(options), NAME);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    Program program =
        new Program(PipelineTranslation.toProto(pipeline), false, "{\"options\":{}}", List.of());
    JobGraph graph = JobGraphs.translate(program.pipeline(), false);
    JobSettings.Checkpoints often = new JobSettings.Checkpoints(50, 60_000, 1_000);
    return cluster.submit(
        new Submission(
            new JobId("full-1"),
            "job",
            program,
            new JobSettings(2, often, 3),
            EmbeddedCluster.CLIENT,
            new WantedOrigin(
                Optional.of(CHECKPOINTS),
                Optional.empty(),
                false,
                false,
                TransformNames.SAME,
                Signatures.of(graph))),
        graph,
        getClass().getClassLoader(),
        LogLevels.of(options));
  }

  /** Opens a folder that may be full, and one for savepoints that is not. */
  private final class WithFolders implements ClusterInterceptor {
    @Override
    public StorageOpener storages(StorageOpener real) {
      return (location, namedBy) ->
          new FolderFiles(location.equals(CHECKPOINTS) ? checkpoints : savepoints, "test");
    }
  }
}
