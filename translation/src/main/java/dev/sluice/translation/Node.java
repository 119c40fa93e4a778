package dev.sluice.translation;

import java.util.List;
import java.util.Map;

/**
 * One transform within a {@link Stage}.
 *
 * <p>Immutable. {@link #transformId} is the id of the Beam transform in the components (for nodes
 * that translation added, the id of the transform they stand for, which keeps metrics and errors
 * named as the user named them). PCollections are named by their id in the components.
 */
public sealed interface Node {

  /** Id of the Beam transform in the components. */
  String transformId();

  /** PCollection ids that it reads within its stage; empty for a root. */
  List<String> inputs();

  /** PCollection ids that it makes, by local output name. */
  Map<String, String> outputs();

  /**
   * Whether it keeps state beyond a bundle, or may. Of the nodes that stand for one transform in
   * several stages only one does: what is saved under the transform's name is that one's.
   */
  default boolean keepsState() {
    return !(this instanceof Input
        || this instanceof AssignWindows
        || this instanceof Flatten
        || this instanceof PartialCombine);
  }

  /** {@code beam:transform:impulse:v1}: one empty byte array at the start of time. */
  record Impulse(String transformId, Map<String, String> outputs) implements Node {
    @Override
    public List<String> inputs() {
      return List.of();
    }
  }

  /** {@code beam:transform:read:v1}, bounded or unbounded, run natively. */
  record Read(String transformId, boolean bounded, Map<String, String> outputs) implements Node {
    @Override
    public List<String> inputs() {
      return List.of();
    }
  }

  /** {@code beam:transform:teststream:v1}, driven by the job's quiescence. */
  record TestStream(String transformId, Map<String, String> outputs) implements Node {
    @Override
    public List<String> inputs() {
      return List.of();
    }
  }

  /** A source of nothing: a Flatten without inputs. */
  record Empty(String transformId, Map<String, String> outputs) implements Node {
    @Override
    public List<String> inputs() {
      return List.of();
    }
  }

  /**
   * The root of a stage that reads exchanges: all that have this stage as consumer and {@code
   * collection} as consumer collection. It has no work of its own; batches go to the nodes that
   * read {@code collection}. Its transform is the one that asked for the exchange (a grouping, a
   * stateful ParDo, a Reshuffle), or else, with FORWARD and GATHER, the producer of {@code
   * collection}.
   */
  record Input(String transformId, String collection) implements Node {
    @Override
    public List<String> inputs() {
      return List.of();
    }

    @Override
    public Map<String, String> outputs() {
      return Map.of("out", collection);
    }
  }

  /** {@code beam:transform:pardo:v1}; stateful (or with timers) exactly if {@code keyed}. */
  record ParDo(
      String transformId,
      String input,
      List<SideInput> sideInputs,
      boolean keyed,
      boolean splittable,
      Map<String, String> outputs)
      implements Node {
    public ParDo {
      sideInputs = List.copyOf(sideInputs);
    }

    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }

  /** {@code beam:transform:window_into:v1} that assigns windows. */
  record AssignWindows(String transformId, String input, Map<String, String> outputs)
      implements Node {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }

  /** Several PCollections of one stage as one; a PCollection that is named twice counts twice. */
  record Flatten(String transformId, List<String> inputs, Map<String, String> outputs)
      implements Node {
    public Flatten {
      inputs = List.copyOf(inputs);
    }
  }

  /**
   * {@code beam:transform:group_by_key:v1} after its exchange: {@code KV<K, V>} to {@code KV<K,
   * Iterable<V>>}.
   */
  record GroupByKey(String transformId, String input, Map<String, String> outputs) implements Node {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }

  /**
   * The part of a lifted {@code beam:transform:combine_per_key:v1} before the exchange: {@code
   * KV<K, InputT>} to {@code KV<K, AccumT>} within one bundle. It may let inputs through as they
   * are when combining does not pay; the batch says which of the two it carries.
   */
  record PartialCombine(String transformId, String input, Map<String, String> outputs)
      implements Node {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }

  /** What a {@link CombinePerKey} gets, and what it does with it. */
  enum Combining {
    /** Elements, which its function combines. */
    ELEMENTS,

    /** What a {@link PartialCombine} sends, which its function combines. */
    LIFTED,

    /** Elements, of which the one that arrived last is the result. */
    NEWEST
  }

  /**
   * {@code beam:transform:combine_per_key:v1} after its exchange: to {@code KV<K, OutputT>} from
   * {@code KV<K, InputT>}, or, if lifted, from {@code KV<K, AccumT>}.
   */
  record CombinePerKey(
      String transformId, String input, Combining combining, Map<String, String> outputs)
      implements Node {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }

  /**
   * Collects the elements of a side input by window and pane, under the windowing strategy of its
   * input: {@code T} to {@code Iterable<T>}. Runs in one task; its output is broadcast. Its
   * transform is the producer of {@code input}, which runs in another stage.
   */
  record CollectView(String transformId, String input, Map<String, String> outputs)
      implements Node {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }
  }
}
