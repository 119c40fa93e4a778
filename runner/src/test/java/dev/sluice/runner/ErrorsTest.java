package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.FailureKind;
import dev.sluice.state.error.UnprintableException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.BoundedSource;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever user code throws, and wherever, the job fails and names the transform. */
@Timeout(60)
class ErrorsTest {

  /** What is thrown. */
  enum What {
    STACK_OVERFLOW {
      @Override
      void fail() {
        recurse(0);
      }
    },
    CLASS_MISSING {
      @Override
      void fail() {
        throw new NoClassDefFoundError("com/example/Missing");
      }
    },
    THREAD_DEATH {
      @Override
      void fail() {
        throw new ThreadDeath();
      }
    },
    UNPRINTABLE {
      @Override
      void fail() {
        throw new UnprintableError();
      }
    },
    CIRCULAR {
      @Override
      void fail() {
        IllegalStateException inner = new IllegalStateException("inner");
        IllegalStateException outer = new IllegalStateException("outer", inner);
        inner.initCause(outer);
        throw outer;
      }
    };

    abstract void fail();

    private static long recurse(long depth) {
      return depth < 0 ? depth : recurse(depth + 1) + 1;
    }
  }

  /** Throws whatever is asked of it. */
  private static final class UnprintableError extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }

  private static JobFailedException failureOf(Pipeline pipeline) {
    try {
      pipeline.run().waitUntilFinish();
    } catch (JobFailedException e) {
      return e;
    }
    throw new AssertionError("the job has not failed");
  }

  private static void assertNames(JobFailedException failed, String transform) {
    assertThat(failed.failure().kind()).isEqualTo(FailureKind.USER_CODE);
    assertThat(failed.failure().transform()).startsWith(transform);
    assertThat(failed).hasMessageContaining("transform '" + transform);
    Threads.awaitNoneOfJobs();
  }

  @ParameterizedTest
  @EnumSource
  void anElement(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L, 2L)).apply("Fails", ParDo.of(new InElement(what)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void theEndOfABundle(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L, 2L)).apply("Fails", ParDo.of(new InFinishBundle(what)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void teardown(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L, 2L)).apply("Fails", ParDo.of(new InTeardown(what, false)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @Test
  void teardownAfterTheSameErrorHasBeenThrownAlready() {
    Pipeline pipeline = Pipelines.create();
    pipeline
        .apply(Create.of(1L, 2L))
        .apply("Fails", ParDo.of(new InTeardown(What.CLASS_MISSING, true)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void teardownOfWhatWaitedForTheLastCheckpoint(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply(Create.of(1L, 2L)).apply("Fails", ParDo.of(new InTeardownAfterAll(what)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void aFinalizer(What what) {
    Pipeline pipeline = Pipelines.create("--checkpointIntervalMs=20", "--restartAttempts=1");
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply("Fails", ParDo.of(new InFinalizer(what)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void aSplitter(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply("Fails", Read.from(new FailingSource(what, true)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void aReader(What what) {
    Pipeline pipeline = Pipelines.create();
    pipeline.apply("Fails", Read.from(new FailingSource(what, false)));
    assertNames(failureOf(pipeline), "Fails");
  }

  @ParameterizedTest
  @EnumSource
  void aCoderOfWhatIsSaved(What what) {
    Pipeline pipeline = Pipelines.create("--checkpointIntervalMs=20", "--restartAttempts=1");
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(WithKeys.<Long, Long>of(n -> n % 3).withKeyType(TypeDescriptors.longs()))
        .apply("Remembers", ParDo.of(new WithCoder(what)));
    JobFailedException failed = failureOf(pipeline);
    assertThat(failed.failure().kind()).isEqualTo(FailureKind.USER_CODE);
    assertThat(failed).hasMessageContaining("state user/last of transform Remembers/");
    Threads.awaitNoneOfJobs();
  }

  @Test
  void anExceptionThatCannotBePrintedHasAStandIn() {
    Pipeline pipeline = Pipelines.create();
    // Of a DoFn Beam's own wrapper prints it, and fails with what that throws.
    pipeline.apply("Fails", Read.from(new FailingSource(What.UNPRINTABLE, false)));
    JobFailedException failed = failureOf(pipeline);
    assertThat(failed).hasCauseInstanceOf(UnprintableException.class);
    assertThat(failed.getCause().getStackTrace()[0].getClassName()).contains("ErrorsTest");
  }

  @Test
  void anElementWithoutATextIsRefusedAllTheSame() {
    Pipeline pipeline = Pipelines.create();
    pipeline
        .apply(Create.of(1L))
        .apply("Makes", ParDo.of(new MakesUnprintable()))
        .setCoder(new UnprintableCoder())
        .apply("Emits", ParDo.of(new EmitsTooEarly()));
    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("transform 'Emits");
  }

  static final class InElement extends DoFn<Long, Long> {
    private final What what;

    InElement(What what) {
      this.what = what;
    }

    @ProcessElement
    public void process() {
      what.fail();
    }
  }

  static final class InFinishBundle extends DoFn<Long, Long> {
    private final What what;

    InFinishBundle(What what) {
      this.what = what;
    }

    @ProcessElement
    public void process() {}

    @FinishBundle
    public void finish() {
      what.fail();
    }
  }

  static final class InTeardown extends DoFn<Long, Long> {
    private final What what;
    private final boolean already;
    private transient Error thrown;

    InTeardown(What what, boolean already) {
      this.what = what;
      this.already = already;
    }

    @ProcessElement
    public void process() {
      if (already) {
        thrown = new NoClassDefFoundError("com/example/Missing");
        throw thrown;
      }
    }

    @Teardown
    public void tearDown() {
      if (thrown != null) {
        throw thrown;
      }
      what.fail();
    }
  }

  static final class InTeardownAfterAll extends DoFn<Long, Long> {
    static final AtomicInteger FINALIZED = new AtomicInteger();
    private final What what;

    InTeardownAfterAll(What what) {
      this.what = what;
      FINALIZED.set(0);
    }

    @ProcessElement
    public void process(BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(
          Instant.now().plus(Duration.standardHours(1)), FINALIZED::incrementAndGet);
    }

    @Teardown
    public void tearDown() {
      if (FINALIZED.get() > 0) {
        what.fail();
      }
    }
  }

  static final class InFinalizer extends DoFn<Long, Long> {
    private final What what;

    InFinalizer(What what) {
      this.what = what;
    }

    @ProcessElement
    public void process(BundleFinalizer finalizer) {
      finalizer.afterBundleCommit(Instant.now().plus(Duration.standardHours(1)), what::fail);
    }
  }

  static final class WithCoder extends DoFn<KV<Long, Long>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<Long>> spec;

    WithCoder(What what) {
      spec = StateSpecs.value(new FailingCoder(what));
    }

    @ProcessElement
    public void process(@Element KV<Long, Long> kv, @StateId("last") ValueState<Long> last) {
      last.write(kv.getValue());
    }
  }

  private static final class FailingCoder extends CustomCoder<Long> {
    private static final long serialVersionUID = 1;
    private final What what;

    FailingCoder(What what) {
      this.what = what;
    }

    @Override
    public void encode(Long value, OutputStream out) {
      what.fail();
    }

    @Override
    public Long decode(InputStream in) {
      return 0L;
    }
  }

  private static final class Unprintable {
    @Override
    public String toString() {
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }

  private static final class UnprintableCoder extends CustomCoder<Unprintable> {
    private static final long serialVersionUID = 1;

    @Override
    public void encode(Unprintable value, OutputStream out) {}

    @Override
    public Unprintable decode(InputStream in) {
      return new Unprintable();
    }
  }

  static final class MakesUnprintable extends DoFn<Long, Unprintable> {
    @ProcessElement
    public void process(OutputReceiver<Unprintable> out) {
      out.output(new Unprintable());
    }
  }

  static final class EmitsTooEarly extends DoFn<Unprintable, Unprintable> {
    @ProcessElement
    public void process(@Element Unprintable element, OutputReceiver<Unprintable> out) {
      out.outputWithTimestamp(element, new Instant(0).minus(Duration.standardDays(1)));
      throw new IllegalStateException("refused " + element);
    }
  }

  private static final class FailingSource extends BoundedSource<Long> {
    private static final long serialVersionUID = 1;
    private final What what;
    private final boolean inSplit;

    FailingSource(What what, boolean inSplit) {
      this.what = what;
      this.inSplit = inSplit;
    }

    @Override
    public List<FailingSource> split(long desiredBundleSizeBytes, PipelineOptions options) {
      if (inSplit) {
        what.fail();
      }
      return List.of(this);
    }

    @Override
    public long getEstimatedSizeBytes(PipelineOptions options) {
      return 1;
    }

    @Override
    public VarLongCoder getOutputCoder() {
      return VarLongCoder.of();
    }

    @Override
    public BoundedReader<Long> createReader(PipelineOptions options) {
      what.fail();
      throw new AssertionError("it has failed before");
    }
  }
}
