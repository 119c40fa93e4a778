package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TransformNamesTest {

  @Test
  void aNameStandsForAllThatBelongsToIt() {
    TransformNames names = new TransformNames(Map.of("Sum", "Total", "Sum/Group", "Total/By"));
    assertThat(names.of("Sum")).isEqualTo("Total");
    assertThat(names.of("Sum/ParDo(X)")).isEqualTo("Total/ParDo(X)");
    assertThat(names.of("Sum/Group/GroupByKey")).isEqualTo("Total/By/GroupByKey");
    assertThat(names.of("Sum.output")).isEqualTo("Total.output");
    assertThat(names.of("Sum2")).isEqualTo("Sum2");
    assertThat(names.of("Other/Sum")).isEqualTo("Other/Sum");
  }

  @Test
  void twoMayChangePlaces() {
    TransformNames names = new TransformNames(Map.of("A", "A2", "A2", "A"));
    assertThat(names.of("A/B")).isEqualTo("A2/B");
    assertThat(names.of("A2/B")).isEqualTo("A/B");
  }

  @Test
  void theSameNameMayBeGivenByHand() {
    TransformNames names = new TransformNames(Map.of("A2", "A2"));
    assertThat(names.names("A2/B")).isTrue();
    assertThat(names.names("A")).isFalse();
    assertThat(TransformNames.SAME.isSame()).isTrue();
    assertThat(TransformNames.SAME.of("A")).isEqualTo("A");
  }
}
