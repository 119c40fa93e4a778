package dev.sluice.worker.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.TaskState;
import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.key.KeyGroups;
import dev.sluice.state.page.SpillArea;
import dev.sluice.translation.Node;
import dev.sluice.worker.stage.Composites;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.PipelineComponents;
import dev.sluice.worker.stage.SourceOperator;
import dev.sluice.worker.stage.SourceOperator.Polled;
import dev.sluice.worker.stage.TaskContext;
import dev.sluice.worker.stage.TaskServices;
import dev.sluice.worker.world.ManualClock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.runners.core.metrics.MetricsContainerImpl;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.TestStream;
import org.apache.beam.sdk.transforms.DoFn.BundleFinalizer;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.util.construction.PTransformTranslation;
import org.apache.beam.sdk.util.construction.PipelineTranslation;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** A TestStream plays an event whenever the job has come to rest, after a restore, too. */
class TestStreamOperatorTest {
  private static final String NAME = "events";

  private final List<Object> emitted = new ArrayList<>();
  private final Deque<Runnable> waiting = new ArrayDeque<>();

  /**
   * An operator.
   *
   * @param played how many events it had played when its state was saved; null if there is none
   */
  private SourceOperator operator(Long played) throws Exception {
    Pipeline pipeline = Pipeline.create();
    pipeline.apply(
        NAME,
        TestStream.create(BooleanCoder.of())
            .advanceWatermarkTo(new Instant(5))
            .addElements(true)
            .advanceWatermarkToInfinity());
    RunnerApi.Components components = PipelineTranslation.toProto(pipeline).getComponents();
    String id =
        components.getTransformsMap().entrySet().stream()
            .filter(
                e ->
                    e.getValue()
                        .getSpec()
                        .getUrn()
                        .equals(PTransformTranslation.TEST_STREAM_TRANSFORM_URN))
            .findAny()
            .orElseThrow()
            .getKey();
    TaskState state =
        new TaskState(KeyGroups.rangeOf(0, 1), new SpillArea(new MemoryDisk(1L << 20), 1L << 20));
    SourceOperator made =
        SourceOperators.create(
            new OperatorContext(
                id,
                NAME,
                new PipelineComponents(components, Composites.of(components)),
                new TaskContext(
                    "job/s/0",
                    0,
                    1,
                    state,
                    new ManualClock(0),
                    PipelineOptionsFactory.create(),
                    new Services()),
                new MetricsContainerImpl(NAME)),
            new Node.TestStream(id, Map.of()),
            List.of(),
            (value, timestampMs, windows, pane) -> emitted.add(value));
    if (played != null) {
      made.open();
      for (long i = 0; i < played; i++) {
        assertThat(made.poll(1)).isEqualTo(Polled.RECORDS);
        waiting.remove().run();
      }
    }
    made.open();
    return made;
  }

  private final class Services implements TaskServices {
    @Override
    public void openBundle() {}

    @Override
    public void awaitQuiescence(Runnable whenQuiescent) {
      waiting.add(whenQuiescent);
    }

    @Override
    public void setJobClock(long nowMs) {
      throw new AssertionError("no event moves the clock");
    }

    @Override
    public void afterCheckpoint(BundleFinalizer.Callback callback) {
      throw new AssertionError("nothing waits for a checkpoint");
    }
  }

  @Test
  void playsAnEventEachTimeTheJobRests() throws Exception {
    SourceOperator stream = operator(null);
    assertThat(stream.poll(1)).isEqualTo(Polled.RECORDS);
    assertThat(stream.outputWatermarkMs()).isEqualTo(5);
    assertThat(stream.poll(1)).isEqualTo(Polled.IDLE);
    waiting.remove().run();
    assertThat(stream.poll(1)).isEqualTo(Polled.RECORDS);
    assertThat(emitted).containsExactly(true);
    waiting.remove().run();
    assertThat(stream.poll(1)).isEqualTo(Polled.RECORDS);
    waiting.remove().run();
    assertThat(stream.poll(1)).isEqualTo(Polled.ENDED);
    assertThat(stream.outputWatermarkMs()).isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
  }

  @Test
  void afterARestoreItsWatermarkIsSeenBeforeTheNextEvent() throws Exception {
    SourceOperator stream = operator(1L);
    assertThat(stream.outputWatermarkMs()).isEqualTo(5);
    assertThat(stream.poll(1)).isEqualTo(Polled.IDLE);
    assertThat(emitted).isEmpty();
    waiting.remove().run();
    assertThat(stream.poll(1)).isEqualTo(Polled.RECORDS);
    assertThat(emitted).containsExactly(true);
  }
}
