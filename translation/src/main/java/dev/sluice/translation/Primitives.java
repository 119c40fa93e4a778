package dev.sluice.translation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * The first pass: opens a pipeline's composites until only {@link Primitive}s are left, and puts
 * them in topological order.
 *
 * <p>Used once per translation, by its thread. The order is the one in which the user wrote the
 * transforms, as far as that is topological; it does not depend on the order of any map, so the
 * same pipeline gives the same order on each submission.
 */
final class Primitives {

  private final RunnerApi.Components components;
  private final List<Primitive> found = new ArrayList<>();
  private final Map<String, String> aliases = new HashMap<>();

  private Primitives(RunnerApi.Components components) {
    this.components = components;
  }

  /** The primitives of {@code pipeline} in topological order. */
  static List<Primitive> of(RunnerApi.Pipeline pipeline) {
    Primitives pass = new Primitives(pipeline.getComponents());
    pass.openAll(pipeline.getRootTransformIdsList());
    List<Primitive> primitives = pass.found.stream().map(pass::withoutAliases).toList();
    primitives.forEach(primitive -> StatefulWindows.check(primitive, pass.components));
    return pass.sorted(primitives);
  }

  /** Opens composites without recursion: they may be nested deeper than a stack is. */
  private void openAll(List<String> roots) {
    Deque<Iterator<String>> open = new ArrayDeque<>();
    open.push(roots.iterator());
    while (!open.isEmpty()) {
      if (open.peek().hasNext()) {
        open.push(open(open.peek().next()).iterator());
      } else {
        open.pop();
      }
    }
  }

  /** Notes a transform, or returns the parts of it that are to be opened instead. */
  private List<String> open(String id) {
    RunnerApi.PTransform proto = components.getTransformsOrThrow(id);
    String urn = proto.getSpec().getUrn();
    Optional<Primitive.Kind> kind = kindOf(proto);
    if (kind.isPresent()) {
      found.add(primitive(id, proto, kind.get()));
    } else if (urn.equals(Urns.CREATE_VIEW)) {
      String input = proto.getInputsMap().values().iterator().next();
      proto.getOutputsMap().values().forEach(output -> aliases.put(output, input));
    } else if (proto.getSubtransformsCount() > 0) {
      return proto.getSubtransformsList();
    } else if (!doesNothing(proto)) {
      throw new UnsupportedTransformException(
          proto.getUniqueName(),
          urn,
          "is a primitive that Sluice does not know",
          "Replace it by a composite of standard transforms, such as a (splittable) ParDo on an"
              + " Impulse, before the pipeline is run.");
    }
    return List.of();
  }

  /** Whether a transform without content only hands PCollections on, or drops them. */
  private static boolean doesNothing(RunnerApi.PTransform proto) {
    if (proto.getOutputsCount() == 0) {
      return proto.getSpec().getUrn().isEmpty();
    }
    return new HashSet<>(proto.getInputsMap().values()).containsAll(proto.getOutputsMap().values());
  }

  private static Optional<Primitive.Kind> kindOf(RunnerApi.PTransform proto) {
    return Optional.ofNullable(
        switch (proto.getSpec().getUrn()) {
          case PTransformTranslation.IMPULSE_TRANSFORM_URN -> Primitive.Kind.IMPULSE;
          case Urns.READ -> Primitive.Kind.READ;
          case PTransformTranslation.TEST_STREAM_TRANSFORM_URN -> Primitive.Kind.TEST_STREAM;
          case PTransformTranslation.FLATTEN_TRANSFORM_URN -> Primitive.Kind.FLATTEN;
          case PTransformTranslation.ASSIGN_WINDOWS_TRANSFORM_URN -> Primitive.Kind.ASSIGN_WINDOWS;
          case PTransformTranslation.PAR_DO_TRANSFORM_URN,
              PTransformTranslation.SPLITTABLE_PAIR_WITH_RESTRICTION_URN,
              PTransformTranslation.SPLITTABLE_SPLIT_AND_SIZE_RESTRICTIONS_URN,
              PTransformTranslation.SPLITTABLE_TRUNCATE_SIZED_RESTRICTION_URN,
              PTransformTranslation.SPLITTABLE_PROCESS_SIZED_ELEMENTS_AND_RESTRICTIONS_URN ->
              Primitive.Kind.PAR_DO;
          case PTransformTranslation.GROUP_BY_KEY_TRANSFORM_URN -> Primitive.Kind.GROUP_BY_KEY;
          // Side inputs of a CombineFn are read where its expansion's ParDo reads them.
          case PTransformTranslation.COMBINE_PER_KEY_TRANSFORM_URN ->
              proto.getInputsCount() == 1 && !proto.getSpec().getPayload().isEmpty()
                  ? Primitive.Kind.COMBINE_PER_KEY
                  : null;
          case PTransformTranslation.RESHUFFLE_URN,
              PTransformTranslation.REDISTRIBUTE_BY_KEY_URN,
              PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN ->
              Primitive.Kind.REDISTRIBUTE;
          default -> null;
        });
  }

  private static Primitive primitive(String id, RunnerApi.PTransform proto, Primitive.Kind kind) {
    Set<String> sideNames =
        kind == Primitive.Kind.PAR_DO
            ? Payloads.parDo(proto).getSideInputsMap().keySet()
            : Set.of();
    List<String> inputs = new ArrayList<>();
    Map<String, String> sideInputs = new LinkedHashMap<>();
    proto
        .getInputsMap()
        .forEach(
            (localName, collection) -> {
              if (sideNames.contains(localName)) {
                sideInputs.put(localName, collection);
              } else {
                inputs.add(collection);
              }
            });
    return new Primitive(
        id, proto.getUniqueName(), kind, proto, inputs, sideInputs, proto.getOutputsMap());
  }

  private Primitive withoutAliases(Primitive p) {
    if (aliases.isEmpty()) {
      return p;
    }
    Map<String, String> sideInputs = new LinkedHashMap<>();
    p.sideInputs().forEach((localName, id) -> sideInputs.put(localName, original(id)));
    List<String> inputs = p.inputs().stream().map(this::original).toList();
    return new Primitive(p.id(), p.name(), p.kind(), p.proto(), inputs, sideInputs, p.outputs());
  }

  private String original(String collection) {
    String id = collection;
    while (aliases.containsKey(id)) {
      id = aliases.get(id);
    }
    return id;
  }

  private List<Primitive> sorted(List<Primitive> unsorted) {
    Map<String, Integer> producers = producers(unsorted);
    List<List<Integer>> consumers = new ArrayList<>();
    unsorted.forEach(p -> consumers.add(new ArrayList<>()));
    int[] missing = new int[unsorted.size()];
    for (int i = 0; i < unsorted.size(); i++) {
      Primitive p = unsorted.get(i);
      List<String> reads = new ArrayList<>(p.inputs());
      reads.addAll(p.sideInputs().values());
      for (String collection : reads) {
        Integer producer = producers.get(collection);
        if (producer == null) {
          throw new IllegalArgumentException(
              "PCollection '%s', an input of transform '%s', is made by no transform of the pipeline"
                  .formatted(collection, p.name()));
        }
        consumers.get(producer).add(i);
        missing[i]++;
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<Primitive> order = new ArrayList<>();
    Map<String, Integer> position = new HashMap<>();
    while (!ready.isEmpty()) {
      int next = ready.poll();
      Primitive p = inOrderOfProducers(unsorted.get(next), position);
      p.outputs().values().forEach(output -> position.put(output, order.size()));
      order.add(p);
      for (int consumer : consumers.get(next)) {
        if (--missing[consumer] == 0) {
          ready.add(consumer);
        }
      }
    }
    if (order.size() < unsorted.size()) {
      throw new IllegalArgumentException(
          "The pipeline has a cycle: only %d of its %d transforms can be ordered"
              .formatted(order.size(), unsorted.size()));
    }
    return order;
  }

  private static Map<String, Integer> producers(List<Primitive> primitives) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < primitives.size(); i++) {
      Primitive p = primitives.get(i);
      for (String output : p.outputs().values()) {
        Integer other = producers.putIfAbsent(output, i);
        if (other != null) {
          throw new IllegalArgumentException(
              "PCollection '%s' is made by two transforms, '%s' and '%s'"
                  .formatted(output, primitives.get(other).name(), p.name()));
        }
      }
    }
    return producers;
  }

  /** The order of a proto's map fields is not kept by every SDK; that of the transforms is. */
  private static Primitive inOrderOfProducers(Primitive p, Map<String, Integer> position) {
    List<String> inputs = new ArrayList<>(p.inputs());
    inputs.sort((a, b) -> byPosition(a, b, position));
    List<Map.Entry<String, String>> entries = new ArrayList<>(p.sideInputs().entrySet());
    entries.sort((a, b) -> byPosition(a.getValue(), b.getValue(), position));
    Map<String, String> sideInputs = new LinkedHashMap<>();
    entries.forEach(e -> sideInputs.put(e.getKey(), e.getValue()));
    return new Primitive(p.id(), p.name(), p.kind(), p.proto(), inputs, sideInputs, p.outputs());
  }

  private static int byPosition(String a, String b, Map<String, Integer> position) {
    int order = Integer.compare(position.get(a), position.get(b));
    return order != 0 ? order : a.compareTo(b);
  }
}
