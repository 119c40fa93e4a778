package dev.sluice.benchmarks;

import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.state.StateSpecs;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;

/** Emits for each record how many its key has had: one read and one write of value state. */
final class CountPerKey extends DoFn<KV<Long, Long>, Long> {

  private static final String COUNT = "count";

  @StateId(COUNT)
  private final StateSpec<ValueState<Long>> spec = StateSpecs.value(VarLongCoder.of());

  @ProcessElement
  public void processElement(
      @Element KV<Long, Long> record,
      @StateId(COUNT) ValueState<Long> count,
      OutputReceiver<Long> output) {
    Long before = count.read();
    Long now = before == null ? 1L : before + 1;
    count.write(now);
    output.output(now);
  }
}
