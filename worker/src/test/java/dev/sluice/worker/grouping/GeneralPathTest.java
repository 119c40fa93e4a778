package dev.sluice.worker.grouping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.translation.Node;
import dev.sluice.worker.grouping.GroupingDriver.Out;
import dev.sluice.worker.stage.OperatorContext;
import dev.sluice.worker.stage.TaskContext;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.windowing.AfterPane;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Repeatedly;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;

/** Which operator groups, with and without {@code --experiments=sluice_general_path}. */
class GeneralPathTest {
  private static final Map<String, String> NOWHERE = Map.of("out", "none");
  private static final Window<KV<String, Long>> WINDOW =
      Window.<KV<String, Long>>into(FixedWindows.of(Duration.millis(10)));
  private static final GroupingSubject GROUP =
      GroupingSubject.groupByKey(StringUtf8Coder.of(), VarLongCoder.of(), WINDOW);
  private static final GroupingSubject COMBINE = combine(WINDOW);
  private static final Node.GroupByKey GROUP_BY_KEY =
      new Node.GroupByKey(GROUP.transformId(), GROUP.input(), NOWHERE);
  private static final Node.CollectView COLLECT_VIEW =
      new Node.CollectView(GROUP.transformId(), GROUP.input(), NOWHERE);
  private static final Node.CombinePerKey COMBINE_PER_KEY = combinePerKey(COMBINE);
  private static final Node.PartialCombine PARTIAL_COMBINE =
      new Node.PartialCombine(COMBINE.transformId(), COMBINE.input(), NOWHERE);

  private static GroupingSubject combine(Window<KV<String, Long>> window) {
    return GroupingSubject.combine(StringUtf8Coder.of(), VarLongCoder.of(), window, new Listing());
  }

  private static Node.CombinePerKey combinePerKey(GroupingSubject subject) {
    return new Node.CombinePerKey(
        subject.transformId(), subject.input(), Node.Combining.LIFTED, NOWHERE);
  }

  private static GroupingDriver driver(GroupingSubject subject, Node node, String... experiments) {
    return new GroupingDriver(
        subject,
        (context, output) ->
            GroupingOperators.create(with(context, List.of(experiments)), node, output));
  }

  private static OperatorContext with(OperatorContext context, List<String> experiments) {
    ExperimentalOptions options = PipelineOptionsFactory.create().as(ExperimentalOptions.class);
    options.setExperiments(experiments);
    TaskContext task = context.task();
    return new OperatorContext(
        context.transformId(),
        context.transformName(),
        context.components(),
        new TaskContext(
            task.taskName(),
            task.index(),
            task.parallelism(),
            task.state(),
            task.clock(),
            options,
            task.services()),
        context.metrics());
  }

  private static GroupingOperator chosen(
      GroupingSubject subject, Node node, String... experiments) {
    try (GroupingDriver driver = driver(subject, node, experiments)) {
      return driver.operator();
    }
  }

  @Test
  void aWindowThatFiresOnceIsGroupedByTheSpecialisedOperator() {
    assertThat(chosen(GROUP, GROUP_BY_KEY)).isInstanceOf(WindowedCombineOperator.class);
    assertThat(chosen(GROUP, COLLECT_VIEW)).isInstanceOf(WindowedCombineOperator.class);
    assertThat(chosen(COMBINE, COMBINE_PER_KEY)).isInstanceOf(WindowedCombineOperator.class);
    assertThat(chosen(COMBINE, COMBINE_PER_KEY, "another_experiment"))
        .isInstanceOf(WindowedCombineOperator.class);
  }

  @Test
  void aJobCanHaveAllOfItGroupedByTheGeneralOne() {
    String experiment = "sluice_general_path";
    assertThat(chosen(GROUP, GROUP_BY_KEY, experiment)).isInstanceOf(GeneralGrouping.class);
    assertThat(chosen(GROUP, COLLECT_VIEW, experiment)).isInstanceOf(GeneralGrouping.class);
    assertThat(chosen(COMBINE, COMBINE_PER_KEY, experiment)).isInstanceOf(GeneralGrouping.class);
    assertThat(chosen(COMBINE, COMBINE_PER_KEY, "another_experiment", experiment))
        .isInstanceOf(GeneralGrouping.class);
  }

  @Test
  void aTriggerThatFiresAgainNeedsTheGeneralOne() {
    GroupingSubject often =
        combine(
            WINDOW
                .triggering(Repeatedly.forever(AfterPane.elementCountAtLeast(2)))
                .withAllowedLateness(Duration.ZERO)
                .discardingFiredPanes());
    assertThat(chosen(often, combinePerKey(often))).isInstanceOf(GeneralGrouping.class);
  }

  @Test
  void onTheGeneralPathNothingIsCombinedBeforeTheExchange() {
    List<KV<Object, Long>> bundle = List.of(KV.of(KV.of("a", 1L), 3L), KV.of(KV.of("a", 2L), 4L));
    try (GroupingDriver fast = driver(COMBINE, PARTIAL_COMBINE);
        GroupingDriver general = driver(COMBINE, PARTIAL_COMBINE, "sluice_general_path")) {
      assertThat(fast.bundle(bundle).take())
          .extracting(Out::value)
          .containsExactly(List.of(1L, 2L));
      assertThat(general.bundle(bundle).take()).extracting(Out::value).containsExactly(1L, 2L);
    }
  }
}
