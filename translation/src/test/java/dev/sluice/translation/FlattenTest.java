package dev.sluice.translation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where a Flatten disappears into its neighbours, and where it is a stage. */
class FlattenTest {

  private final ProtoPipeline p = new ProtoPipeline();

  private String shape() {
    return Shapes.of(p.translate());
  }

  private String[] reads(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> p.read("r" + i)).toArray(String[]::new);
  }

  @Test
  void inputsGoStraightToTheExchangeBehind() {
    p.groupByKey("group", p.flatten("flat", reads(2)));

    assertThat(shape())
        .isEqualTo(
            """
            s1: r1
            s2: r2
            s3: < group
            e1 HASH s1>s3 r1.out as flat.out
            e2 HASH s2>s3 r2.out as flat.out
            """);
  }

  @Test
  void whatIsBetweenIsCopied() {
    p.combine("sum", p.parDo("map", p.window("window", p.flatten("flat", reads(2)))));

    assertThat(shape())
        .isEqualTo(
            """
            s1: r1 flat[r1.out] window map sum-partial
            s2: r2 flat[r2.out] window map sum-partial
            s3: < sum
            e1 HASH s1>s3 sum/accumulators
            e2 HASH s2>s3 sum/accumulators
            """);
  }

  @Test
  void inputsOfOneStageAreJoinedThere() {
    String read = p.read("read");
    p.groupByKey("group", p.flatten("flat", p.parDo("a", read), p.parDo("b", read)));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read a b flat[a.out, b.out]
            s2: < group
            e1 HASH s1>s2 flat.out
            """);
  }

  @Test
  void aCollectionThatIsNamedTwiceCountsTwice() {
    String read = p.read("read");
    p.groupByKey("g1", p.flatten("twice", read, read));
    p.groupByKey("g2", p.flatten("thrice", read, p.read("other"), read));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read twice[read.out, read.out] thrice[read.out, read.out]
            s2: < g1
            s3: other
            s4: < g2
            e1 HASH s1>s2 twice.out
            e2 HASH s1>s4 thrice.out
            e3 HASH s3>s4 other.out as thrice.out
            """);
  }

  @Test
  void nestedFlattensAreOne() {
    String inner = p.flatten("inner", p.read("a"), p.read("b"));
    p.groupByKey("group", p.flatten("outer", inner, p.read("c"), inner));

    assertThat(shape())
        .isEqualTo(
            """
            s1: a outer[a.out, a.out]
            s2: b outer[b.out, b.out]
            s3: c
            s4: < group
            e1 HASH s1>s4 outer.out
            e2 HASH s2>s4 outer.out
            e3 HASH s3>s4 c.out as outer.out
            """);
  }

  @Test
  void flattenOfNothingIsASource() {
    p.parDo("map", p.flatten("nothing"));

    assertThat(shape()).isEqualTo("s1: nothing map\n");
    assertThat(p.translate().stages().get(0).root()).isInstanceOf(Node.Empty.class);
  }

  @Test
  void whatKeepsStateOfItsOwnIsNotCopied() {
    String flat = p.flatten("flat", reads(2));
    String side = p.impulse("side");
    p.parDo("looking", flat, side);
    p.splittable("sdf", flat);
    p.parDoIn(ProtoPipeline.JAVA, "stable", flat, d -> d.setRequiresStableInput(true));
    p.stateful("state", flat);

    assertThat(shape())
        .isEqualTo(
            """
            s1: r1
            s2: r2
            s3: side
            s4: < view
            s5: < looking sdf stable
            s6: < state
            e1 FORWARD s1>s5 r1.out as flat.out
            e2 HASH s1>s6 r1.out as flat.out
            e3 FORWARD s2>s5 r2.out as flat.out
            e4 HASH s2>s6 r2.out as flat.out
            e5 GATHER s3>s4 side.out
            e6 BROADCAST s4>s5 side.out/panes
            """);
  }

  @Test
  void aDoFnIsNotCopiedIntoMoreThanFourStages() {
    String flat = p.flatten("flat", reads(5));
    p.groupByKey("direct", flat);
    p.parDo("map", flat);

    assertThat(shape())
        .startsWith("s1: r1\ns2: r2\ns3: r3\ns4: r4\ns5: r5\ns6: < direct\ns7: < map\n")
        .contains("e1 HASH s1>s6", "FORWARD s5>s7 r5.out as flat.out");
  }

  @Test
  void aFlattenOfMoreThanEightStagesIsAStage() {
    p.groupByKey("group", p.flatten("flat", reads(9)));

    assertThat(shape())
        .contains("s10: <\ns11: < group\n", "e9 FORWARD s9>s10", "e10 HASH s10>s11 flat.out");
  }

  @Test
  void inputsOfDifferentEnvironmentsMeetInAStage() {
    String java = p.parDo("java", p.read("r1"));
    String python =
        p.parDoIn(ProtoPipeline.PYTHON, "python", p.read("r2"), UnaryOperator.identity());
    p.parDo("map", p.flatten("flat", java, python));

    assertThat(shape())
        .isEqualTo(
            """
            s1: r1 java
            s2: r2 python
            s3: < map
            e1 FORWARD s1>s3 java.out as flat.out
            e2 FORWARD s2>s3 python.out as flat.out
            """);
  }

  @Test
  void inputsThatMetInACutStageAreJoinedThere() {
    String read = p.read("read");
    String cut = p.parDo("cut", read, read);
    p.parDo("map", p.flatten("flat", read, cut));

    assertThat(shape())
        .isEqualTo(
            """
            s1: read
            s2: < view
            s3: < cut flat[read.out, cut.out] map
            e1 GATHER s1>s2 read.out
            e2 FORWARD s1>s3 read.out
            e3 BROADCAST s2>s3 read.out/panes
            """);
  }
}
