package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.JobId;
import dev.sluice.protocol.SourceSplit;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.worker.stage.SourceOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.runners.core.metrics.MetricsContainerStepMap;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.util.construction.SplittableParDo;
import org.junit.jupiter.api.Test;

class SourceSplitterTest {
  private final Pipeline pipeline = Pipeline.create();
  private final List<WorkerEvent> reported = new ArrayList<>();

  private Map<String, List<SourceSplit>> splits(int tasks, Map<String, List<SourceSplit>> known) {
    new SourceSplitter(
            new WorkerCommand.SplitSources(
                new JobId("job"), WorkerWire.program(pipeline, true), known, tasks),
            WorkerWire.resolvers(),
            new MetricsContainerStepMap(),
            reported::add)
        .step();
    return ((WorkerEvent.SourcesSplit) reported.get(reported.size() - 1)).splits();
  }

  private void numbers() {
    pipeline.getOptions().setRunner(CrashingRunner.class);
    pipeline.apply(GenerateSequence.from(0));
    SplittableParDo.convertReadBasedSplittableDoFnsToPrimitiveReads(pipeline);
  }

  @Test
  void asksForAsManySplitsAsTasksAndForMoreIfSilenceCounts() {
    numbers();
    assertThat(splits(3, Map.of()).values().iterator().next()).hasSize(3);

    pipeline.getOptions().as(SourceOptions.class).setIdleSplitTimeoutMs(1);
    assertThat(splits(1, Map.of()).values().iterator().next()).hasSize(16);
    assertThat(splits(3, Map.of()).values().iterator().next()).hasSize(48);
    assertThat(splits(20, Map.of()).values().iterator().next()).hasSize(60);
    assertThat(splits(100, Map.of()).values().iterator().next()).hasSize(100);
  }

  @Test
  void aSourceThatTellsNothingOfItsSplitsKeepsThoseThatAreKnown() {
    numbers();
    Map<String, List<SourceSplit>> known = splits(3, Map.of());
    assertThat(splits(3, known)).isEmpty();
  }
}
