package dev.sluice.translation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * A graph of stages under construction.
 *
 * <p>Used by one translation, in its thread. Always true: the exchanges form no cycle; whoever adds
 * one into a stage that already has exchanges going out asks {@link #reaches} first; every exchange
 * leads to a higher {@link StageDraft#level}.
 */
final class GraphDraft {

  private final List<StageDraft> stages = new ArrayList<>();
  private final List<ExchangeDraft> exchanges = new ArrayList<>();

  StageDraft newStage(Node root) {
    StageDraft stage = new StageDraft(stages.size());
    stage.add(root);
    stages.add(stage);
    return stage;
  }

  ExchangeDraft connect(
      StageDraft producer,
      String producerCollection,
      StageDraft consumer,
      String consumerCollection,
      Exchange.Kind kind) {
    ExchangeDraft exchange =
        new ExchangeDraft(producer, producerCollection, consumer, consumerCollection, kind);
    exchanges.add(exchange);
    producer.outgoing.add(exchange);
    producer.consumers.add(consumer);
    consumer.incoming.add(exchange);
    raise(consumer, producer.level + 1);
    return exchange;
  }

  private void raise(StageDraft first, int itsLevel) {
    Deque<StageDraft> open = new ArrayDeque<>();
    if (first.level < itsLevel) {
      first.level = itsLevel;
      open.add(first);
    }
    while (!open.isEmpty()) {
      StageDraft stage = open.remove();
      if (stage.level >= stages.size()) {
        throw new IllegalStateException(
            "The stages form a cycle: one of %d is on level %d"
                .formatted(stages.size(), stage.level));
      }
      for (StageDraft consumer : stage.consumers) {
        if (consumer.level <= stage.level) {
          consumer.level = stage.level + 1;
          open.add(consumer);
        }
      }
    }
  }

  /**
   * Whether something that happens in {@code from} can have an effect on {@code to}.
   *
   * <p>Searches back from {@code to}, and only over levels between the two: mostly there are none.
   */
  boolean reaches(StageDraft from, StageDraft to) {
    if (from == to) {
      return true;
    }
    Set<StageDraft> seen = new HashSet<>(Set.of(to));
    List<StageDraft> open = new ArrayList<>(List.of(to));
    while (!open.isEmpty()) {
      StageDraft stage = open.remove(open.size() - 1);
      if (from.consumers.contains(stage)) {
        return true;
      }
      if (stage.level > from.level + 1) {
        for (ExchangeDraft exchange : stage.incoming) {
          StageDraft producer = exchange.producer();
          if (producer.level > from.level && seen.add(producer)) {
            open.add(producer);
          }
        }
      }
    }
    return false;
  }

  /** Numbers stages and exchanges in topological order. */
  JobGraph finish(SyntheticComponents components, boolean streaming) {
    List<StageDraft> order = topological();
    Map<StageDraft, Integer> position = new HashMap<>();
    order.forEach(stage -> position.put(stage, position.size()));
    List<ExchangeDraft> sorted = new ArrayList<>(exchanges);
    sorted.sort(
        Comparator.comparing((ExchangeDraft e) -> position.get(e.producer()))
            .thenComparing(e -> position.get(e.consumer())));
    Map<ExchangeDraft, String> exchangeIds = new HashMap<>();
    sorted.forEach(exchange -> exchangeIds.put(exchange, "e" + (exchangeIds.size() + 1)));
    Map<StageDraft, Stage.Parallelism> parallelism = new HashMap<>();
    order.forEach(stage -> parallelism.put(stage, parallelismOf(stage, parallelism)));

    StageNames names = new StageNames(components);
    List<Stage> finishedStages = new ArrayList<>();
    for (StageDraft draft : order) {
      List<Node> nodes =
          draft.nodes().stream().map(node -> finished(node, draft, exchangeIds)).toList();
      finishedStages.add(
          new Stage(idOf(draft, position), names.of(nodes), nodes, parallelism.get(draft)));
    }
    List<Exchange> finishedExchanges =
        sorted.stream()
            .map(
                draft ->
                    new Exchange(
                        exchangeIds.get(draft),
                        idOf(draft.producer(), position),
                        draft.producerCollection(),
                        idOf(draft.consumer(), position),
                        draft.consumerCollection(),
                        draft.kind(),
                        components.coderOf(draft.consumerCollection())))
            .toList();
    return new JobGraph(components.build(), finishedStages, finishedExchanges, streaming);
  }

  private static String idOf(StageDraft stage, Map<StageDraft, Integer> position) {
    return "s" + (position.get(stage) + 1);
  }

  private static Node finished(
      Node node, StageDraft stage, Map<ExchangeDraft, String> exchangeIds) {
    if (!(node instanceof Node.ParDo parDo)) {
      return node;
    }
    List<SideInput> sideInputs =
        stage.sideInputsOf(parDo).stream()
            .map(
                draft ->
                    new SideInput(
                        draft.localName(), draft.collection(), exchangeIds.get(draft.exchange())))
            .toList();
    return new Node.ParDo(
        parDo.transformId(),
        parDo.input(),
        sideInputs,
        parDo.keyed(),
        parDo.splittable(),
        parDo.outputs());
  }

  private List<StageDraft> topological() {
    Map<StageDraft, Integer> missing = new HashMap<>();
    exchanges.forEach(e -> missing.merge(e.consumer(), 1, Integer::sum));
    PriorityQueue<StageDraft> ready =
        new PriorityQueue<>(Comparator.comparingInt((StageDraft stage) -> stage.serial));
    stages.stream().filter(stage -> !missing.containsKey(stage)).forEach(ready::add);
    Set<StageDraft> order = new LinkedHashSet<>();
    while (!ready.isEmpty()) {
      StageDraft next = ready.poll();
      order.add(next);
      for (ExchangeDraft exchange : next.outgoing) {
        if (missing.merge(exchange.consumer(), -1, Integer::sum) == 0) {
          ready.add(exchange.consumer());
        }
      }
    }
    if (order.size() != stages.size()) {
      throw new IllegalStateException(
          "The stages form a cycle: %d of %d could be ordered"
              .formatted(order.size(), stages.size()));
    }
    return List.copyOf(order);
  }

  /** Elements that come from one task, by exchanges that keep the task, need no more than one. */
  private static Stage.Parallelism parallelismOf(
      StageDraft stage, Map<StageDraft, Stage.Parallelism> ofProducers) {
    Node root = stage.root();
    if (root instanceof Node.Read) {
      return Stage.Parallelism.JOB;
    }
    if (!(root instanceof Node.Input)) {
      return Stage.Parallelism.ONE;
    }
    boolean inOneTask =
        stage.incoming.stream()
            .filter(e -> e.kind() != Exchange.Kind.BROADCAST)
            .allMatch(
                e ->
                    e.kind() == Exchange.Kind.GATHER
                        || (e.kind() == Exchange.Kind.FORWARD
                            && ofProducers.get(e.producer()) == Stage.Parallelism.ONE));
    return inOneTask ? Stage.Parallelism.ONE : Stage.Parallelism.JOB;
  }
}
