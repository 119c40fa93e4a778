package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.FailureKind;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.CustomCoder;
import org.apache.beam.sdk.io.GenerateSequence;
import org.apache.beam.sdk.state.BagState;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.WithKeys;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A value in state that its coder cannot encode fails the job, and the message says which one. */
@Timeout(120)
final class UnencodableStateTest {

  private static Pipeline pipeline(String name, DoFn<KV<Long, Long>, Void> fn) {
    Pipeline pipeline = Pipelines.create("--checkpointIntervalMs=20", "--restartAttempts=1");
    pipeline
        .apply(GenerateSequence.from(0).withRate(1, Duration.millis(1)))
        .apply(WithKeys.<Long, Long>of(n -> n % 3).withKeyType(TypeDescriptors.longs()))
        .apply(name, ParDo.of(fn));
    return pipeline;
  }

  @Test
  void aValue() {
    assertThatThrownBy(() -> pipeline("remember", new ValueFn()).run().waitUntilFinish())
        .isInstanceOfSatisfying(
            JobFailedException.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.USER_CODE))
        .hasMessageContaining("A value of state user/last of transform remember/")
        .hasMessageContaining("refused");
  }

  @Test
  void anElementOfABag() {
    assertThatThrownBy(() -> pipeline("collect", new BagFn()).run().waitUntilFinish())
        .isInstanceOfSatisfying(
            JobFailedException.class,
            failed -> assertThat(failed.failure().kind()).isEqualTo(FailureKind.USER_CODE))
        .hasMessageContaining("An element of state user/all of transform collect/")
        .hasMessageContaining("refused");
  }

  static final class ValueFn extends DoFn<KV<Long, Long>, Void> {
    @StateId("last")
    private final StateSpec<ValueState<Long>> spec = StateSpecs.value(new RefusingCoder());

    @ProcessElement
    public void process(@Element KV<Long, Long> kv, @StateId("last") ValueState<Long> last) {
      last.write(kv.getValue());
    }
  }

  static final class BagFn extends DoFn<KV<Long, Long>, Void> {
    @StateId("all")
    private final StateSpec<BagState<Long>> spec = StateSpecs.bag(new RefusingCoder());

    @ProcessElement
    public void process(@Element KV<Long, Long> kv, @StateId("all") BagState<Long> all) {
      all.add(kv.getValue());
    }
  }

  /** Encodes nothing. */
  private static final class RefusingCoder extends CustomCoder<Long> {
    private static final long serialVersionUID = 1;

    @Override
    public void encode(Long value, OutputStream out) throws CoderException {
      throw new CoderException("refused");
    }

    @Override
    public Long decode(InputStream in) {
      return 0L;
    }
  }
}
