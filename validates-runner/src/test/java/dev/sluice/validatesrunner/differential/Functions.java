package dev.sluice.validatesrunner.differential;

import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderRegistry;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.Combine.CombineFn;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.TupleTag;

/** The stateless functions of random pipelines; none depends on the order of what it is given. */
final class Functions {
  private Functions() {}

  /** A number for values in any order. */
  static long digest(Iterable<Long> values) {
    List<Long> sorted = new ArrayList<>();
    values.forEach(sorted::add);
    sorted.sort(null);
    long digest = 7;
    for (long value : sorted) {
      digest = (31 * digest + value) % 1_000_003;
    }
    return digest;
  }

  private static int part(long value, int parts) {
    return (int) Math.floorMod(value % 1_000_003 * 31 + 17, (long) parts);
  }

  /** Gives elements other keys. */
  static final class RekeyFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(part(kv.getValue(), 3), kv.getValue() + 1));
    }
  }

  /** Emits each element never, once or twice. */
  static final class RepeatFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, OutputReceiver<KV<Integer, Long>> out) {
      for (int i = 0; i < part(kv.getValue(), 3); i++) {
        out.output(KV.of(kv.getKey(), kv.getValue() + i));
      }
    }
  }

  /** Sends each element to one of two outputs. */
  static final class SplitFn extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final TupleTag<KV<Integer, Long>> left;
    private final TupleTag<KV<Integer, Long>> right;

    SplitFn(TupleTag<KV<Integer, Long>> left, TupleTag<KV<Integer, Long>> right) {
      this.left = left;
      this.right = right;
    }

    @ProcessElement
    public void process(@Element KV<Integer, Long> kv, MultiOutputReceiver out) {
      out.get(part(kv.getValue(), 2) == 0 ? left : right).output(kv);
    }
  }

  /** Makes one value of the values of a group. */
  static final class DigestFn extends DoFn<KV<Integer, Iterable<Long>>, KV<Integer, Long>> {
    @ProcessElement
    public void process(
        @Element KV<Integer, Iterable<Long>> kv, OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(kv.getKey(), digest(kv.getValue())));
    }
  }

  /** Gives values back the one key that they were combined over. */
  static final class KeyedFn extends DoFn<Long, KV<Integer, Long>> {
    @ProcessElement
    public void process(@Element Long value, OutputReceiver<KV<Integer, Long>> out) {
      out.output(KV.of(0, value));
    }
  }

  /** The digest of all values, by an accumulator that is changed in place. */
  static final class DigestCombineFn extends CombineFn<Long, List<Long>, Long> {
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
      List<Long> merged = new ArrayList<>();
      accumulators.forEach(merged::addAll);
      return merged;
    }

    @Override
    public Long extractOutput(List<Long> accumulator) {
      return digest(accumulator);
    }

    @Override
    public Coder<List<Long>> getAccumulatorCoder(CoderRegistry registry, Coder<Long> inputCoder) {
      return ListCoder.of(VarLongCoder.of());
    }

    @Override
    public Coder<Long> getDefaultOutputCoder(CoderRegistry registry, Coder<Long> inputCoder) {
      return VarLongCoder.of();
    }
  }
}
