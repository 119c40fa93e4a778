package com.example.newcomer;

import dev.sluice.runner.SluicePipelineResult;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;

/** A job with state that runs for ever, and what it leaves behind when it is stopped. */
final class KeptJob {
  /** Open until an element has been written to state. */
  private static volatile CountDownLatch written = new CountDownLatch(1);

  private KeptJob() {}

  static void addTo(Pipeline p, String name) {
    p.apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(WithKeys.of(1))
        .apply(name, ParDo.of(new Seen()));
  }

  /** The same with another coder for its state. */
  static void addChangedTo(Pipeline p) {
    p.apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(WithKeys.of(1))
        .apply("Seen", ParDo.of(new Changed.Seen()));
  }

  static Pipeline create(Path folder) {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(
                "--runner=SluiceRunner",
                "--jobName=kept",
                "--checkpointStorage=" + folder.resolve("checkpoints"))
            .create());
  }

  /** Leaves checkpoints and a savepoint, with state in them. */
  static void runAndStop(Path folder) {
    Pipeline pipeline = create(folder);
    addTo(pipeline, "Seen");
    written = new CountDownLatch(1);
    SluicePipelineResult result = (SluicePipelineResult) pipeline.run();
    try {
      written.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted before there was any state", e);
    }
    result.stopWithSavepoint(folder.resolve("savepoint") + "");
  }

  private static final class Seen extends DoFn<KV<Integer, Long>, Long> {
    @StateId("seen")
    private final StateSpec<ValueState<Long>> seen = StateSpecs.value(VarLongCoder.of());

    @ProcessElement
    public void process(
        @Element KV<Integer, Long> element, @StateId("seen") ValueState<Long> state) {
      state.write(element.getValue());
      written.countDown();
    }
  }

  private static final class Changed {
    private static final class Seen extends DoFn<KV<Integer, Long>, Long> {
      @StateId("seen")
      private final StateSpec<ValueState<Integer>> seen = StateSpecs.value(VarIntCoder.of());

      @ProcessElement
      public void process(
          @Element KV<Integer, Long> element, @StateId("seen") ValueState<Integer> state) {
        state.write(element.getValue().intValue());
      }
    }
  }
}
