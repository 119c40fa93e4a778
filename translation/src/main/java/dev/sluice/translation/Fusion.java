package dev.sluice.translation;

import dev.sluice.translation.Residence.Part;
import dev.sluice.translation.StageDraft.SideInputDraft;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.sdk.util.construction.PTransformTranslation;

/**
 * The pass that puts primitives into stages and joins the stages by exchanges.
 *
 * <p>Used once, by the thread that translates. Takes the primitives in topological order and keeps
 * for each PCollection its {@link Residence}. A transform goes into the stage where its input is,
 * unless
 *
 * <ul>
 *   <li>its kind asks for an exchange (grouping, keyed state, redistribution, a side input);
 *   <li>the stage runs code of another environment;
 *   <li>a side input of the transform depends on the stage itself: fused, it would wait for itself;
 *   <li>the input is {@link #DEEPEST} calls deep in the stage: fused, it might overflow the stack;
 *   <li>the input is in several stages, behind a Flatten, and the transform must not be copied.
 * </ul>
 *
 * <p><b>Unzipping.</b> A Flatten of PCollections of several stages makes no stage of its own. Its
 * output is in several parts, and what consumes it is copied into each part's stage, until an
 * exchange brings the parts together. Copied are only transforms that keep nothing between bundles:
 * AssignWindows, and ParDos without state, timers, side inputs (elements may wait for them),
 * restrictions or need of stable input. A Flatten of more than {@link #MOST_PARTS} stages is made a
 * stage of its own, since each exchange behind it would be multiplied by their number; a ParDo is
 * not copied into more than {@link #MOST_COPIES} stages, since a DoFn may hold something expensive
 * (a model, a connection). Where copying is not allowed, all parts go to a new stage by FORWARD
 * exchanges.
 *
 * <p><b>Deep stages.</b> An element moves through a stage by calls that are one inside the other. A
 * chain that is too long for that is continued in a new stage, behind a FORWARD exchange, which
 * leaves each element in its task and its order. What works by key there gets its own exchange.
 */
final class Fusion {

  private static final int MOST_PARTS = 8;
  private static final int MOST_COPIES = 4;

  /**
   * After this many calls, one inside the other, a chain is continued in another stage. A task's
   * thread gets its stack by the depth of its stage.
   */
  static final int DEEPEST = 250;

  /** A Flatten that stands for more PCollections of one stage is made one before the next. */
  private static final int MOST_COLLECTIONS = 16;

  private final int deepest;
  private final Environments environments;
  private final SyntheticComponents components;
  private final GraphDraft graph = new GraphDraft();
  private final Map<String, Residence> residences = new HashMap<>();
  private final Map<String, Primitive> producers = new HashMap<>();
  private final Map<String, StageDraft> viewStages = new HashMap<>();
  private final Map<String, String> panes = new HashMap<>();

  /**
   * @param deepest how many calls deep a stage may be
   */
  Fusion(RunnerApi.Components original, int deepest) {
    this.deepest = deepest;
    this.environments = new Environments(original);
    this.components = new SyntheticComponents(original);
  }

  JobGraph fuse(List<Primitive> primitives, boolean streaming) {
    for (Primitive p : primitives) {
      p.outputs().values().forEach(output -> producers.put(output, p));
      place(p);
    }
    return graph.finish(components, streaming);
  }

  private void place(Primitive p) {
    switch (p.kind()) {
      case IMPULSE -> startAt(p, new Node.Impulse(p.id(), p.outputs()));
      case READ -> startAt(p, new Node.Read(p.id(), isBounded(p), p.outputs()));
      case TEST_STREAM -> startAt(p, new Node.TestStream(p.id(), p.outputs()));
      case FLATTEN -> flatten(p);
      case ASSIGN_WINDOWS -> assignWindows(p);
      case PAR_DO -> parDo(p);
      case GROUP_BY_KEY -> groupByKey(p);
      case COMBINE_PER_KEY -> combinePerKey(p);
      case REDISTRIBUTE -> redistribute(p);
    }
  }

  // --- Sources and exchanges -------------------------------------------------------------------

  private static boolean isBounded(Primitive p) {
    return Payloads.read(p.proto()).getIsBounded() == RunnerApi.IsBounded.Enum.BOUNDED;
  }

  private void startAt(Primitive p, Node source) {
    resideIn(List.of(graph.newStage(source)), p.outputs().values());
  }

  /** A Reshuffle goes by key where it has one: the elements of a key stay in their order. */
  private void redistribute(Primitive p) {
    StageDraft stage = graph.newStage(new Node.Input(p.id(), p.output()));
    boolean byKey =
        !p.urn().equals(PTransformTranslation.REDISTRIBUTE_ARBITRARILY_URN)
            && components.keyCoderOf(p.input()).isPresent();
    connectParts(
        p.input(), stage, p.output(), byKey ? Exchange.Kind.HASH : Exchange.Kind.REBALANCE);
    if (byKey) {
      stage.markPartitioned(p.output());
    }
    resideIn(List.of(stage), List.of(p.output()));
  }

  private void groupByKey(Primitive p) {
    StageDraft stage = partitionedStage(p);
    stage.add(new Node.GroupByKey(p.id(), p.input(), p.outputs()));
    stage.markPartitioned(p.output());
    resideIn(List.of(stage), List.of(p.output()));
  }

  private void combinePerKey(Primitive p) {
    Optional<RunnerApi.Environment> environment = environments.of(p.proto());
    Residence input = residences.get(p.input());
    RunnerApi.WindowingStrategy windowing = components.windowingOf(p.input());
    boolean newest = SingletonCombine.takesNewest(p.proto(), windowing);
    boolean lifted =
        !newest
            && CombinerLifting.allowedUnder(windowing)
            && input.parts().stream().allMatch(part -> part.stage().accepts(environment));
    StageDraft stage;
    if (lifted) {
      requireKeys(p);
      String accumulatorCoder = Payloads.combine(p.proto()).getAccumulatorCoderId();
      String accumulators = components.accumulators(p.id(), p.input(), accumulatorCoder);
      stage = graph.newStage(new Node.Input(p.id(), accumulators));
      for (StageDraft producer : partStages(p.input())) {
        producer.enter(environment);
        producer.add(new Node.PartialCombine(p.id(), p.input(), Map.of("out", accumulators)));
        graph.connect(producer, accumulators, stage, accumulators, Exchange.Kind.HASH);
      }
      stage.add(new Node.CombinePerKey(p.id(), accumulators, Node.Combining.LIFTED, p.outputs()));
    } else {
      stage = partitionedStage(p);
      Node.Combining combining = newest ? Node.Combining.NEWEST : Node.Combining.ELEMENTS;
      stage.add(new Node.CombinePerKey(p.id(), p.input(), combining, p.outputs()));
    }
    stage.enter(environment);
    stage.markPartitioned(p.output());
    resideIn(List.of(stage), List.of(p.output()));
  }

  /** A new stage to which the input of {@code p} comes by key. */
  private StageDraft partitionedStage(Primitive p) {
    requireKeys(p);
    StageDraft stage = graph.newStage(new Node.Input(p.id(), p.input()));
    connectParts(p.input(), stage, p.input(), Exchange.Kind.HASH);
    stage.markPartitioned(p.input());
    return stage;
  }

  private void requireKeys(Primitive p) {
    if (components.keyCoderOf(p.input()).isEmpty()) {
      throw new UnsupportedTransformException(
          p.name(),
          p.urn(),
          "works by key, but its input '%s' has coder '%s', which is not a KV coder"
              .formatted(p.input(), components.coderOf(p.input())),
          "Set a KvCoder on that PCollection.");
    }
  }

  private void connectParts(
      String collection, StageDraft consumer, String consumerCollection, Exchange.Kind kind) {
    List<Part> parts = residences.get(collection).parts();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).collections().size() > 1) {
        makeWhole(collection, i);
      }
      Part part = parts.get(i);
      graph.connect(part.stage(), part.collections().get(0), consumer, consumerCollection, kind);
    }
  }

  // --- Transforms that are fused ----------------------------------------------------------------

  private void assignWindows(Primitive p) {
    Optional<RunnerApi.Environment> environment = environments.of(p.proto());
    List<StageDraft> hosts = hosts(p, environment, true, MOST_PARTS);
    for (StageDraft host : hosts) {
      host.enter(environment);
      host.add(new Node.AssignWindows(p.id(), p.input(), p.outputs()));
      if (host.isPartitioned(p.input())) {
        host.markPartitioned(p.output());
      }
    }
    resideIn(hosts, p.outputs().values());
  }

  private void parDo(Primitive p) {
    RunnerApi.ParDoPayload payload = Payloads.parDo(p.proto());
    boolean keyed =
        payload.getStateSpecsCount() > 0
            || payload.getTimerFamilySpecsCount() > 0
            || payload.getRequiresTimeSortedInput();
    // Transforms that an SDK's splittable ParDo was expanded into have URNs of their own.
    boolean splittable = !payload.getRestrictionCoderId().isEmpty() && Urns.isWholeParDo(p.urn());
    boolean keepsNothing =
        !keyed
            && payload.getRestrictionCoderId().isEmpty()
            && payload.getSideInputsCount() == 0
            && !payload.getRequiresStableInput();
    Optional<RunnerApi.Environment> environment = environments.of(p.proto());
    List<StageDraft> hosts =
        keyed
            ? List.of(keyedHost(p, environment))
            : hosts(p, environment, keepsNothing, MOST_COPIES);
    for (StageDraft host : hosts) {
      host.enter(environment);
      host.add(
          new Node.ParDo(p.id(), p.input(), List.of(), keyed, splittable, p.outputs()),
          sideInputs(p, host));
    }
    resideIn(hosts, p.outputs().values());
  }

  private StageDraft keyedHost(Primitive p, Optional<RunnerApi.Environment> environment) {
    return residences.get(p.input()).wholes().stream()
        .filter(stage -> stage.isPartitioned(p.input()) && mayHost(stage, p, environment))
        .findFirst()
        .orElseGet(() -> partitionedStage(p));
  }

  /** The stages that {@code p} goes to; in each of them its input can be read under its own id. */
  private List<StageDraft> hosts(
      Primitive p, Optional<RunnerApi.Environment> environment, boolean copyable, int mostCopies) {
    Residence input = residences.get(p.input());
    Optional<StageDraft> whole =
        input.wholes().stream().filter(stage -> mayHost(stage, p, environment)).findFirst();
    boolean copied =
        input.parts().size() > 1
            && copyable
            && input.parts().size() <= mostCopies
            && input.parts().stream().allMatch(part -> mayHost(part.stage(), p, environment));
    if (copied || (input.parts().size() == 1 && whole.equals(Optional.of(only(input).stage())))) {
      return partStages(p.input());
    }
    return List.of(whole.orElseGet(() -> replica(p.input())));
  }

  private static Part only(Residence residence) {
    return residence.parts().get(0);
  }

  private boolean mayHost(
      StageDraft stage, Primitive p, Optional<RunnerApi.Environment> environment) {
    return stage.accepts(environment)
        && stage.depthOf(p.inputs()) < deepest
        && p.sideInputs().values().stream().noneMatch(collection -> leadsTo(stage, collection));
  }

  /** Whether what the stage does can have an effect on {@code sideInput}. */
  private boolean leadsTo(StageDraft stage, String sideInput) {
    // What brings its panes to the stage would close a circle otherwise.
    return stage.broadcastOf(sideInput).isEmpty() && graph.reaches(stage, viewStage(sideInput));
  }

  /** A new stage that all parts of {@code collection} are forwarded to. */
  private StageDraft replica(String collection) {
    StageDraft stage = graph.newStage(new Node.Input(producers.get(collection).id(), collection));
    connectParts(collection, stage, collection, Exchange.Kind.FORWARD);
    residences.get(collection).replicas().add(stage);
    return stage;
  }

  // --- Side inputs ------------------------------------------------------------------------------

  private List<SideInputDraft> sideInputs(Primitive p, StageDraft host) {
    List<SideInputDraft> drafts = new ArrayList<>();
    p.sideInputs()
        .forEach(
            (localName, collection) ->
                drafts.add(new SideInputDraft(localName, collection, broadcast(collection, host))));
    return drafts;
  }

  private ExchangeDraft broadcast(String collection, StageDraft host) {
    return host.broadcastOf(collection)
        .orElseGet(
            () -> {
              StageDraft viewStage = viewStage(collection);
              String itsPanes = panes.get(collection);
              ExchangeDraft exchange =
                  graph.connect(viewStage, itsPanes, host, itsPanes, Exchange.Kind.BROADCAST);
              host.addBroadcast(collection, exchange);
              return exchange;
            });
  }

  /** The one stage that collects {@code collection} for all who look at it. */
  private StageDraft viewStage(String collection) {
    StageDraft known = viewStages.get(collection);
    if (known != null) {
      return known;
    }
    String producer = producers.get(collection).id();
    String itsPanes = components.panes(collection);
    StageDraft stage = graph.newStage(new Node.Input(producer, collection));
    stage.add(new Node.CollectView(producer, collection, Map.of("out", itsPanes)));
    connectParts(collection, stage, collection, Exchange.Kind.GATHER);
    panes.put(collection, itsPanes);
    viewStages.put(collection, stage);
    return stage;
  }

  // --- Flatten ----------------------------------------------------------------------------------

  private void flatten(Primitive p) {
    if (p.inputs().isEmpty()) {
      startAt(p, new Node.Empty(p.id(), p.outputs()));
      return;
    }
    Map<StageDraft, List<String>> byStage = new LinkedHashMap<>();
    Optional<StageDraft> common = commonStage(p.inputs());
    if (common.isPresent()) {
      p.inputs().forEach(input -> wholeIn(common.get(), input));
      byStage.put(common.get(), p.inputs());
    } else {
      p.inputs().forEach(input -> addParts(input, byStage));
    }
    List<Part> parts = new ArrayList<>();
    byStage.forEach((stage, collections) -> parts.add(new Part(stage, collections)));
    residences.put(p.output(), new Residence(parts));
    boolean deep =
        parts.stream().anyMatch(part -> part.stage().depthOf(part.collections()) >= deepest);
    if (deep || parts.size() > MOST_PARTS) {
      StageDraft merged = replica(p.output());
      resideIn(List.of(merged), List.of(p.output()));
    } else if (parts.size() == 1) {
      makeWhole(p.output(), 0);
    }
  }

  private void addParts(String input, Map<StageDraft, List<String>> byStage) {
    List<Part> parts = residences.get(input).parts();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).collections().size() > MOST_COLLECTIONS) {
        // Or each Flatten in a chain of them would name all that went into those before it.
        makeWhole(input, i);
      }
      Part part = parts.get(i);
      byStage.computeIfAbsent(part.stage(), s -> new ArrayList<>()).addAll(part.collections());
    }
  }

  /** A stage in which each of {@code collections} is as a whole. */
  private Optional<StageDraft> commonStage(List<String> collections) {
    return residences.get(collections.get(0)).wholes().stream()
        .filter(
            stage -> collections.stream().allMatch(c -> residences.get(c).wholes().contains(stage)))
        .findFirst();
  }

  private void wholeIn(StageDraft stage, String collection) {
    Residence residence = residences.get(collection);
    if (residence.parts().size() == 1 && only(residence).stage() == stage) {
      makeWhole(collection, 0);
    }
  }

  // --- Residences -------------------------------------------------------------------------------

  private void resideIn(List<StageDraft> stages, Collection<String> collections) {
    for (String collection : collections) {
      residences.put(
          collection,
          new Residence(
              stages.stream().map(stage -> new Part(stage, List.of(collection))).toList()));
    }
  }

  /** The stages of all parts of {@code collection}, in each of which it now has its own id. */
  private List<StageDraft> partStages(String collection) {
    List<Part> parts = residences.get(collection).parts();
    for (int i = 0; i < parts.size(); i++) {
      makeWhole(collection, i);
    }
    return parts.stream().map(Part::stage).toList();
  }

  /** Adds a Flatten to the stage of a part, unless {@code collection} is there under its own id. */
  private void makeWhole(String collection, int index) {
    Residence residence = residences.get(collection);
    Part part = residence.parts().get(index);
    List<String> itself = List.of(collection);
    if (!part.collections().equals(itself)) {
      Primitive flatten = producers.get(collection);
      part.stage().add(new Node.Flatten(flatten.id(), part.collections(), flatten.outputs()));
      residence.replace(index, new Part(part.stage(), itself));
    }
  }
}
