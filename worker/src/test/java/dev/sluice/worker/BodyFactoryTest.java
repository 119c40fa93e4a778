package dev.sluice.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Attempt;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.JobId;
import dev.sluice.protocol.Program;
import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerCommand;
import dev.sluice.protocol.WorkerEvent;
import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import dev.sluice.translation.Node;
import dev.sluice.worker.body.Body;
import dev.sluice.worker.body.BodyFactory;
import dev.sluice.worker.body.BodySpec;
import dev.sluice.worker.body.DirectBodies;
import dev.sluice.worker.record.Receiver;
import dev.sluice.worker.stage.JavaStage;
import dev.sluice.worker.stage.Operator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.testing.CrashingRunner;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.Impulse;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** User code runs where the factory of its worker puts it. */
class BodyFactoryTest {
  private static final JobId JOB = new JobId("job-1");
  private static final int TURNS = 10_000;
  private static final List<String> SEEN = new ArrayList<>();

  private final List<WorkerEvent> events = new ArrayList<>();

  @BeforeEach
  void forget() {
    SEEN.clear();
  }

  static final class Numbers extends DoFn<byte[], Integer> {
    @ProcessElement
    public void process(OutputReceiver<Integer> out) {
      for (int i = 1; i <= 3; i++) {
        out.output(i);
      }
    }
  }

  static final class ByParity extends DoFn<Integer, KV<Integer, Integer>> {
    @ProcessElement
    public void process(@Element Integer number, OutputReceiver<KV<Integer, Integer>> out) {
      out.output(KV.of(number % 2, number));
    }
  }

  static final class Look extends DoFn<KV<Integer, Integer>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Integer> kv) {
      SEEN.add("number " + kv.getValue());
    }
  }

  static final class LookAtGroup extends DoFn<KV<Integer, Iterable<Integer>>, Void> {
    @ProcessElement
    public void process(@Element KV<Integer, Iterable<Integer>> group) {
      List<Integer> values =
          StreamSupport.stream(group.getValue().spliterator(), false).sorted().toList();
      SEEN.add("group " + values);
    }
  }

  private static Program program(PipelineOptions options) {
    Pipeline pipeline = Pipeline.create(options);
    PCollection<KV<Integer, Integer>> byParity =
        pipeline
            .apply(Impulse.create())
            .apply("Numbers", ParDo.of(new Numbers()))
            .apply("ByParity", ParDo.of(new ByParity()))
            .setCoder(KvCoder.of(VarIntCoder.of(), VarIntCoder.of()));
    byParity.apply("Look", ParDo.of(new Look()));
    byParity.apply(GroupByKey.create()).apply("LookAtGroup", ParDo.of(new LookAtGroup()));
    return WorkerWire.program(pipeline, false);
  }

  /** Runs the pipeline to its end. */
  private void run(BodyFactory bodies) {
    PipelineOptions options = PipelineOptionsFactory.create();
    options.setRunner(CrashingRunner.class);
    Program program = program(options);
    JobGraph graph = JobGraphs.translate(program.pipeline(), false);
    List<TaskId> tasks = graph.stages().stream().map(s -> new TaskId(s.id(), 0)).toList();
    SteppedWorker worker =
        new SteppedWorker(1, 1L << 30, WorkerWire.resolvers(), bodies, this::told);
    worker.command(
        1,
        new WorkerCommand.Deploy(
            JOB, program, tasks, Map.of(), 1, false, Attempt.withoutStorage()));
    for (int turn = 0; finished() < tasks.size(); turn++) {
      assertThat(turn).as("events: %s", events).isLessThan(TURNS);
      worker.turn();
    }
  }

  private void told(Envelope from) {
    events.add((WorkerEvent) from.content());
  }

  private long finished() {
    return events.stream().filter(WorkerEvent.TaskFinished.class::isInstance).count();
  }

  private static List<String> names(BodySpec spec) {
    return spec.transforms().stream()
        .map(node -> spec.contexts().nameOf(node))
        .map(name -> name.substring(0, name.indexOf('/')))
        .toList();
  }

  @Test
  void aBodyIsAllParDosBetweenTwoOperatorsOfTheEngine() {
    List<List<String>> bodies = new ArrayList<>();
    List<Object> entered = new ArrayList<>();
    BodyFactory direct = new DirectBodies();
    run(
        spec -> {
          bodies.add(names(spec));
          Body body = direct.create(spec);
          return new Body(
              (value, timestampMs, windows, pane) -> {
                entered.add(value);
                body.input().receive(value, timestampMs, windows, pane);
              },
              body.parts());
        });

    assertThat(bodies)
        .containsExactlyInAnyOrder(List.of("Numbers", "ByParity", "Look"), List.of("LookAtGroup"));
    assertThat(entered).as("an impulse and two groups").hasSize(3);
    assertThat(SEEN)
        .containsExactlyInAnyOrder("number 1", "number 2", "number 3", "group [1, 3]", "group [2]");
  }

  @Test
  void aBodyMayBeOneOperatorThatStandsForAllOfItsTransforms() {
    BodyFactory direct = new DirectBodies();
    run(spec -> spec.transforms().size() == 1 ? direct.create(spec) : Elsewhere.body(spec));

    assertThat(SEEN).containsExactlyInAnyOrder("group [5, 7]", "group [6]");
  }

  /** What comes of the elements of a bundle comes at its end, from outside, as of a harness. */
  private static final class Elsewhere implements Operator, Receiver {
    private final Receiver output;
    private int elements;
    private long holdMs = Long.MAX_VALUE;
    private long watermarkMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

    Elsewhere(Receiver output) {
      this.output = output;
    }

    static Body body(BodySpec spec) {
      assertThat(spec.outputs()).as("read outside of the body").hasSize(1);
      Elsewhere operator = new Elsewhere(spec.outputs().values().iterator().next());
      Node.ParDo first = spec.transforms().get(0);
      List<String> made =
          spec.transforms().stream().flatMap(node -> node.outputs().values().stream()).toList();
      return new Body(operator, List.of(new JavaStage.Part(operator, first.inputs(), made, null)));
    }

    @Override
    public void receive(
        Object value,
        long timestampMs,
        Collection<? extends BoundedWindow> windows,
        PaneInfo pane) {
      elements++;
      holdMs = Math.min(holdMs, timestampMs);
    }

    @Override
    public void finishBundle() {
      for (; elements > 0; elements--) {
        for (int i = 5; i <= 7; i++) {
          output.receive(
              KV.of(i % 2, i), holdMs, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
        }
      }
      holdMs = Long.MAX_VALUE;
    }

    @Override
    public boolean holdsForBundle() {
      return elements > 0;
    }

    @Override
    public void advanceWatermark(long inputWatermarkMs) {
      watermarkMs = inputWatermarkMs;
    }

    @Override
    public long outputWatermarkMs() {
      return Math.min(watermarkMs, holdMs);
    }
  }
}
