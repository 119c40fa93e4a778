package dev.sluice.worker.body;

import dev.sluice.translation.Node;
import dev.sluice.worker.pardo.ParDoOperator;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.rows.ElementForm;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.Receivers;
import dev.sluice.worker.stage.WatermarkFloor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Bodies that run by direct calls in this JVM: each ParDo calls the next from inside its own call,
 * and the watermark moves from one to the next.
 *
 * <p>Has no state.
 */
public final class DirectBodies implements BodyFactory {

  @Override
  public Body create(BodySpec spec) {
    Map<String, Deque<Receiver>> readers = new LinkedHashMap<>();
    spec.outputs().forEach((collection, outside) -> readersOf(readers, collection).add(outside));
    Deque<JavaStage.Part> parts = new ArrayDeque<>();
    List<Node.ParDo> transforms = spec.transforms();
    for (int i = transforms.size() - 1; i >= 0; i--) {
      Node.ParDo node = transforms.get(i);
      ParDoOperator operator =
          spec.contexts().make(node, context -> operator(context, node, readers, spec));
      parts.addFirst(
          new JavaStage.Part(
              operator,
              node.inputs(),
              List.copyOf(node.outputs().values()),
              floor(spec.contexts().nameOf(node), node, spec)));
      readersOf(readers, node.input()).addFirst(operator);
    }
    return new Body(all(readers, transforms.get(0).input()), List.copyOf(parts));
  }

  private static ParDoOperator operator(
      OperatorContext context,
      Node.ParDo node,
      Map<String, Deque<Receiver>> readers,
      BodySpec spec) {
    Map<String, Receiver> outputs = new LinkedHashMap<>();
    node.outputs()
        .forEach(
            (name, collection) ->
                outputs.put(name, ElementForm.of(context, collection, all(readers, collection))));
    return new ParDoOperator(context, node, outputs, spec.sideInputs());
  }

  private static WatermarkFloor floor(String name, Node.ParDo node, BodySpec spec) {
    return node.keyed() || node.splittable() || !node.sideInputs().isEmpty()
        ? new WatermarkFloor(spec.contexts().task().state(), name, WatermarkFloor.STATE_ID)
        : null;
  }

  private static Receiver all(Map<String, Deque<Receiver>> readers, String collection) {
    return Receivers.of(new ArrayList<>(readersOf(readers, collection)));
  }

  private static Deque<Receiver> readersOf(
      Map<String, Deque<Receiver>> readers, String collection) {
    return readers.computeIfAbsent(collection, id -> new ArrayDeque<>());
  }
}
