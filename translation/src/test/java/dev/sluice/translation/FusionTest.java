package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

/**
 * Which transforms share a stage, shown on the smallest graphs; real pipelines are in the golden
 * files.
 */
class FusionTest {

  private final ProtoPipeline p = new ProtoPipeline();

  private String shape() {
    return Shapes.of(p.translate());
  }

  @Test
  void everythingUpToAnExchangeIsOneStage() {
    String read = p.read("read");
    String a = p.parDo("a", read);
    p.parDo("b", a);
    p.groupByKey("group", p.window("window", a));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read a b window
            s2: < group
            e1 HASH s1>s2 window.out
            """);
  }

  private String shapeOfStagesWithTwoCalls() {
    return Shapes.of(JobGraphs.translate(p.build(), false, 2));
  }

  @Test
  void aChainThatIsTooDeepIsContinuedBehindAForwardExchange() {
    String b = p.parDo("b", p.parDo("a", p.read("read")));
    p.parDo("e", p.parDo("d", p.parDo("c", b)));
    p.parDo("other", b);

    assertThat(shapeOfStagesWithTwoCalls())
        .isEqualTo(
            """
            s1: read a b
            s2: < c d other
            s3: < e
            e1 FORWARD s1>s2 b.out
            e2 FORWARD s2>s3 d.out
            """);
  }

  @Test
  void whatWorksByKeyBehindACutHasItsOwnExchange() {
    String window = p.window("window", p.groupByKey("group", p.read("read")));
    p.stateful("state", p.window("again", window));

    assertThat(shapeOfStagesWithTwoCalls())
        .isEqualTo(
            """
            s1: read
            s2: < group window
            s3: < again
            s4: < state
            e1 HASH s1>s2 read.out
            e2 FORWARD s2>s3 window.out
            e3 HASH s3>s4 again.out
            """);
  }

  @Test
  void aChainOfFlattensIsCutToo() {
    String read = p.read("read");
    String all = p.flatten("f1", p.parDo("a", read), read);
    p.parDo("end", p.flatten("f2", all, read));

    assertThat(shapeOfStagesWithTwoCalls())
        .isEqualTo(
            """
            s1: read a f1[read.out, a.out] f2[read.out, f1.out]
            s2: < end
            e1 FORWARD s1>s2 f2.out
            """);
  }

  @Test
  void combineBeginsInFrontOfItsExchange() {
    p.combine("sum", p.read("read"));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read sum-partial
            s2: < sum
            e1 HASH s1>s2 sum/accumulators
            """);
  }

  @Test
  void combineOfMergingWindowsBeginsBehindItsExchange() {
    p.components()
        .putWindowingStrategies(
            "global",
            ProtoPipeline.windowing()
                .setMergeStatus(RunnerApi.MergeStatus.Enum.NEEDS_MERGE)
                .build());
    p.combine("sum", p.read("read"));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read
            s2: < sum
            e1 HASH s1>s2 read.out
            """);
  }

  @Test
  void twoGroupingsOfOneCollectionAreTwoExchanges() {
    String read = p.read("read");
    p.groupByKey("g1", read);
    p.groupByKey("g2", read);

    assertThat(shape())
        .isEqualTo(
            """
            s1: read
            s2: < g1
            s3: < g2
            e1 HASH s1>s2 read.out
            e2 HASH s1>s3 read.out
            """);
  }

  @Test
  void keyedStateStaysWhereAGroupingHasPutItsKey() {
    String grouped = p.groupByKey("group", p.read("read"));
    p.stateful("direct", grouped);
    p.stateful("rewindowed", p.window("window", grouped));
    p.stateful("rekeyed", p.parDo("map", grouped));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read
            s2: < group direct window rewindowed map
            s3: < rekeyed
            e1 HASH s1>s2 read.out
            e2 HASH s2>s3 map.out
            """);
  }

  @Test
  void reshuffleIsNothingButAnExchange() {
    p.parDo("after", p.reshuffle("shuffle", p.parDo("before", p.impulse("impulse"))));

    assertThat(shape())
        .isEqualTo(
            """
            s1: impulse before
            s2: < after
            e1 HASH s1>s2 before.out as shuffle.out
            """);
  }

  @Test
  void stagesWithoutParallelWorkHaveOneTask() {
    String impulse = p.impulse("impulse");
    p.parDo("look", p.read("read"), impulse);
    p.parDo("cut", impulse, impulse);

    assertThat(p.translate().stages())
        .extracting(stage -> stage.id() + " " + stage.name() + " " + stage.parallelism())
        .containsExactly(
            "s1 impulse ONE", "s2 side input from impulse ONE", "s3 read + look JOB", "s4 cut ONE");
  }

  @Test
  void stagesDoNotMixEnvironments() {
    String mapped = p.parDo("java1", p.read("read"));
    String python = p.parDoIn(ProtoPipeline.PYTHON, "python1", mapped, UnaryOperator.identity());
    p.parDoIn(ProtoPipeline.PYTHON, "python2", mapped, UnaryOperator.identity());
    p.parDo("java2", python);
    p.parDo("java3", mapped);

    assertThat(shape())
        .isEqualTo(
            """
            s1: read java1 java3
            s2: < python1 python2
            s3: < java2
            e1 FORWARD s1>s2 java1.out
            e2 FORWARD s2>s3 python1.out
            """);
  }

  @Test
  void environmentsThatDifferInHintsOnlyAreTheSame() {
    p.components()
        .putEnvironments(
            "big",
            p.components().getEnvironmentsOrThrow(ProtoPipeline.JAVA).toBuilder()
                .putResourceHints("ram", ByteString.EMPTY)
                .build());
    p.parDoIn("big", "b", p.parDo("a", p.read("read")), UnaryOperator.identity());

    assertThat(shape()).isEqualTo("s1: read a b\n");
  }

  @Test
  void combineOfAnotherEnvironmentIsNotLiftedIntoTheStage() {
    p.combineIn(ProtoPipeline.PYTHON, "sum", p.parDo("java", p.read("read")));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read java
            s2: < sum
            e1 HASH s1>s2 java.out
            """);
  }

  @Test
  void splittableParDoIsFusedAndMarked() {
    p.splittable("sdf", p.impulse("impulse"));

    assertThat(shape()).isEqualTo("s1: impulse sdf\n");
    assertThat(((Node.ParDo) p.translate().stages().get(0).nodes().get(1)).splittable()).isTrue();
  }
}
