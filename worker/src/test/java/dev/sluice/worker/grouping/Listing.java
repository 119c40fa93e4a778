package dev.sluice.worker.grouping;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;

/**
 * Gives all inputs, sorted, so that one that was lost, doubled or put elsewhere is seen. Its
 * accumulators are lists that it changes in place, as Beam allows it to.
 */
final class Listing extends CombineFn<Long, List<Long>, String> {
  @Override
  public List<Long> createAccumulator() {
    return new ArrayList<>();
  }

  @Override
  public List<Long> addInput(List<Long> accumulator, Long input) {
    accumulator.add(input);
    return accumulator;
  }

  @Override
  public List<Long> mergeAccumulators(Iterable<List<Long>> accumulators) {
    List<Long> merged = null;
    for (List<Long> accumulator : accumulators) {
      if (merged == null) {
        merged = accumulator;
      } else {
        merged.addAll(accumulator);
      }
    }
    return merged == null ? createAccumulator() : merged;
  }

  @Override
  public String extractOutput(List<Long> accumulator) {
    return accumulator.stream().sorted().toList().toString();
  }

  @Override
  public Coder<List<Long>> getAccumulatorCoder(CoderRegistry registry, Coder<Long> inputCoder) {
    return ListCoder.of(VarLongCoder.of());
  }

  @Override
  public Coder<String> getDefaultOutputCoder(CoderRegistry registry, Coder<Long> inputCoder) {
    return org.apache.beam.sdk.coders.StringUtf8Coder.of();
  }
}
