package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.coordinator.Durability;
import dev.sluice.coordinator.JobSpec;
import dev.sluice.coordinator.StoredLedger;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import dev.sluice.protocol.JobSettings;
import dev.sluice.protocol.SavepointRequest;
import dev.sluice.runner.storage.Signatures;
import dev.sluice.state.checkpoint.Holder;
import dev.sluice.state.checkpoint.JobCheckpoints;
import dev.sluice.state.log.TransformNames;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.MemoryFolder;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.worker.world.SystemClock;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
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
  private static final int REFUSALS = 5;

  private final CountDownLatch refused = new CountDownLatch(REFUSALS);
  private volatile boolean full;

  private void beforeOperation(String operation) throws IOException {
    if (full && operation.startsWith("write")) {
      refused.countDown();
      throw new IOException("No space left on device");
    }
  }

  @Test
  void theJobGoesOnAndItsNextCheckpointIsWhole() throws InterruptedException {
    List<String> savepoints = new CopyOnWriteArrayList<>();
    Counting counting = Counting.named(NAME);
    EmbeddedCluster cluster = EmbeddedCluster.start(1L << 26, ClusterInterceptor.NONE, ended -> {});
    try {
      JobHandle job = submit(cluster, savepoints);
      counting.awaitNumber(2_000);
      full = true;
      assertThat(refused.await(60, TimeUnit.SECONDS)).isTrue();
      counting.awaitNumber(counting.greatest() + 2_000);
      assertThat(job.endedOrNull()).isNull();

      full = false;
      job.savepoint("there", SavepointRequest.Then.STOP);
      assertThat(job.await().phase()).isEqualTo(JobPhase.CANCELLED);
      assertThat(savepoints).hasSize(1);
      assertThat(counting.wrong()).isEmpty();
    } finally {
      cluster.close();
    }
  }

  private JobHandle submit(EmbeddedCluster cluster, List<String> savepoints) {
    SluicePipelineOptions options =
        Pipelines.create("--toleratedCheckpointFailures=1000")
            .getOptions()
            .as(SluicePipelineOptions.class);
    Pipeline pipeline = Counting.addTo(Pipeline.create(options), NAME);
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
    JobGraph graph = JobGraphs.translate(PipelineTranslation.toProto(pipeline), false);
    MemoryFolder folder = new MemoryFolder(1L << 26, this::beforeOperation);
    StoredLedger ledger =
        new StoredLedger(
            JobCheckpoints.claim(new FolderFiles(folder, "test"), "job", new Holder("here", 1, 0)),
            "job",
            Signatures.of(graph),
            TransformNames.SAME,
            (manifest, files, location) -> savepoints.add(location),
            new SystemClock());
    JobSettings.Checkpoints often = new JobSettings.Checkpoints(50, 60_000, 1_000);
    return cluster.submit(
        new JobSpec(
            new JobId("full-1"),
            graph,
            options,
            getClass().getClassLoader(),
            new JobSettings(2, often, 3),
            EmbeddedCluster.CLIENT,
            Optional.of(new Durability(ledger, Optional.empty(), true))),
        LogLevels.of(options));
  }
}
