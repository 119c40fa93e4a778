package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Side inputs: one collected view for each PCollection, one broadcast for each stage, never a
 * cycle.
 */
class SideInputsTest {

  private final ProtoPipeline p = new ProtoPipeline();

  private String shape() {
    return Shapes.of(p.translate());
  }

  @Test
  void parDosOfOneStageShareABroadcast() {
    String side = p.impulse("side");
    String a = p.parDo("a", p.read("read"), side, side);
    p.parDo("b", a, side);
    p.parDo("far", p.reshuffle("shuffle", a), side);

    assertThat(shape())
        .isEqualTo(
            """
            s1: side
            s2: < view
            s3: read a b
            s4: < far
            e1 GATHER s1>s2 side.out
            e2 BROADCAST s2>s3 side.out/panes
            e3 BROADCAST s2>s4 side.out/panes
            e4 HASH s3>s4 a.out as shuffle.out
            """);
    Node.ParDo node = (Node.ParDo) p.translate().stages().get(2).nodes().get(1);
    assertThat(node.sideInputs())
        .containsExactly(
            new SideInput("side0", "side.out", "e2"), new SideInput("side1", "side.out", "e2"));
  }

  @Test
  void aConsumerOfAViewOfItsOwnStageIsCut() {
    String read = p.read("read");
    String mapped = p.parDo("map", read);
    p.parDo("self", mapped, mapped);
    p.parDo("ancestor", mapped, read);
    p.parDo("plain", mapped);

    assertThat(shape())
        .isEqualTo(
            """
            s1: read map plain
            s2: < view
            s3: < view
            s4: < self ancestor
            e1 GATHER s1>s2 map.out
            e2 GATHER s1>s3 read.out
            e3 FORWARD s1>s4 map.out
            e4 BROADCAST s2>s4 map.out/panes
            e5 BROADCAST s3>s4 read.out/panes
            """);
  }

  @Test
  void aViewThatComesRoundOverOtherStagesIsCutToo() {
    String read = p.read("read");
    String max = p.combine("max", p.parDo("key", read));
    String scaled = p.parDo("scale", read, max);
    String mean = p.combine("mean", scaled);
    p.parDo("center", scaled, mean);
    p.parDo("both", read, max, mean);

    assertThat(shape())
        .isEqualTo(
            """
            s1: read key max-partial
            s2: < max
            s3: < view
            s4: < scale mean-partial
            s5: < mean
            s6: < view
            s7: < center
            s8: < both
            e1 HASH s1>s2 max/accumulators
            e2 FORWARD s1>s4 read.out
            e3 FORWARD s1>s8 read.out
            e4 GATHER s2>s3 max.out
            e5 BROADCAST s3>s4 max.out/panes
            e6 BROADCAST s3>s8 max.out/panes
            e7 HASH s4>s5 mean/accumulators
            e8 FORWARD s4>s7 scale.out
            e9 GATHER s5>s6 mean.out
            e10 BROADCAST s6>s7 mean.out/panes
            e11 BROADCAST s6>s8 mean.out/panes
            """);
  }

  @Test
  void stagesThatLookAtEachOthersBranchesMakeNoCycle() {
    String left = p.read("left");
    String right = p.read("right");
    String a = p.parDo("a", left, right);
    String b = p.parDo("b", right, left);
    p.parDo("c", a, b);
    p.parDo("d", b, a);

    assertThat(shape())
        .isEqualTo(
            """
            s1: right
            s2: < view
            s3: left a
            s4: < view
            s5: < view
            s6: < b d
            s7: < view
            s8: < c
            e1 GATHER s1>s2 right.out
            e2 FORWARD s1>s6 right.out
            e3 BROADCAST s2>s3 right.out/panes
            e4 GATHER s3>s4 left.out
            e5 GATHER s3>s5 a.out
            e6 FORWARD s3>s8 a.out
            e7 BROADCAST s4>s6 left.out/panes
            e8 BROADCAST s5>s6 a.out/panes
            e9 GATHER s6>s7 b.out
            e10 BROADCAST s7>s8 b.out/panes
            """);
  }

  @Test
  void aKeyedConsumerOfAViewOfItsOwnStageGetsItsKeysAgain() {
    String grouped = p.groupByKey("group", p.read("read"));
    p.stateful("state", grouped, grouped);

    assertThat(shape())
        .isEqualTo(
            """
            s1: read
            s2: < group
            s3: < view
            s4: < state
            e1 HASH s1>s2 read.out
            e2 GATHER s2>s3 group.out
            e3 HASH s2>s4 group.out
            e4 BROADCAST s3>s4 group.out/panes
            """);
  }

  @Test
  void aViewOfAFlattenIsGatheredFromEachOfItsStages() {
    String flat = p.flatten("flat", p.read("a"), p.read("b"));
    p.parDo("look", p.read("main"), flat);
    p.parDo("self", flat, flat);

    assertThat(shape())
        .isEqualTo(
            """
            s1: a
            s2: b
            s3: < view
            s4: main look
            s5: < self
            e1 GATHER s1>s3 a.out as flat.out
            e2 FORWARD s1>s5 a.out as flat.out
            e3 GATHER s2>s3 b.out as flat.out
            e4 FORWARD s2>s5 b.out as flat.out
            e5 BROADCAST s3>s4 flat.out/panes
            e6 BROADCAST s3>s5 flat.out/panes
            """);
  }
}
