package dev.sluice.validatesrunner.differential;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.beam.sdk.transforms.Combine;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Sum;
import org.apache.beam.sdk.transforms.Values;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionView;

/** The side inputs of random pipelines: every kind of view of keyed numbers. */
final class Views {
  private Views() {}

  /** Takes a number for a key from what a view holds. */
  private interface Reader<V> extends Serializable {
    long read(V content, Integer key);
  }

  /**
   * A side input and how it is read.
   *
   * @param kind the kind of view
   * @param added the transform that adds to each value what the view says of its key
   */
  record SideInput(String kind, ParDo.SingleOutput<KV<Integer, Long>, KV<Integer, Long>> added) {}

  /** A view of a random kind; each window of the elements must fire once at most. */
  static SideInput any(Random random, PCollection<KV<Integer, Long>> elements, String name) {
    return switch (random.nextInt(5)) {
      case 0 ->
          of(
              "map",
              elements.apply(name + " sum", Sum.longsPerKey()).apply(name, View.asMap()),
              (Map<Integer, Long> map, Integer key) -> map.getOrDefault(key, -1L));
      case 1 ->
          of(
              "multimap",
              elements.apply(name, View.asMultimap()),
              (Map<Integer, Iterable<Long>> map, Integer key) ->
                  map.containsKey(key) ? Functions.digest(map.get(key)) : -1L);
      case 2 ->
          of(
              "list",
              elements.apply(name + " values", Values.create()).apply(name, View.asList()),
              (List<Long> list, Integer key) -> Functions.digest(list) + list.size());
      case 3 ->
          of(
              "singleton",
              elements
                  .apply(name + " values", Values.create())
                  .apply(name, Combine.globally(new Functions.DigestCombineFn()).asSingletonView()),
              (Long value, Integer key) -> value);
      default -> iterable(elements, name);
    };
  }

  /** The one kind of view for which a window of the elements may fire more than once. */
  static SideInput iterable(PCollection<KV<Integer, Long>> elements, String name) {
    return of(
        "iterable",
        elements.apply(name + " values", Values.create()).apply(name, View.asIterable()),
        (Iterable<Long> values, Integer key) -> Functions.digest(values));
  }

  private static <V> SideInput of(String kind, PCollectionView<V> view, Reader<V> reader) {
    return new SideInput(kind, ParDo.of(new AddFn<>(view, reader)).withSideInputs(view));
  }

  private static final class AddFn<V> extends DoFn<KV<Integer, Long>, KV<Integer, Long>> {
    private final PCollectionView<V> view;
    private final Reader<V> reader;

    AddFn(PCollectionView<V> view, Reader<V> reader) {
      this.view = view;
      this.reader = reader;
    }

    @ProcessElement
    public void process(ProcessContext context) {
      KV<Integer, Long> kv = context.element();
      long read = reader.read(context.sideInput(view), kv.getKey());
      context.output(KV.of(kv.getKey(), (kv.getValue() + 31 * read) % 1_000_003));
    }
  }
}
