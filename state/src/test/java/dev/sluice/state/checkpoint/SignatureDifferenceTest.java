package dev.sluice.state.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.log.TransformNames;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SignatureDifferenceTest {

  private static TransformSignature transform(String name, String numbered) {
    return new TransformSignature(
        name, "string", "GlobalWindows", new TreeMap<>(Map.of("last", "value of int")), numbered);
  }

  private static Set<String> check(
      List<TransformSignature> saved, List<TransformSignature> now, Map<String, String> names) {
    return SignatureDifference.check(saved, now, new TransformNames(names), false);
  }

  @Test
  void aTransformGoesOnUnderTheNameThatItIsGiven() {
    List<TransformSignature> saved = List.of(transform("Old/Count", ""));
    List<TransformSignature> now = List.of(transform("New/Count", ""));
    assertThat(check(saved, now, Map.of("Old", "New"))).isEmpty();
    assertThatThrownBy(() -> check(saved, now, Map.of()))
        .hasMessageContaining("'Old/Count' is gone")
        .hasMessageContaining("--transformNameMapping={\"Old/Count\":\"NEW NAME\"}");
    assertThatThrownBy(() -> check(saved, now, Map.of("Old", "Nwe")))
        .hasMessageContaining("'Old/Count' is to be 'Nwe/Count' now")
        .hasMessageContaining("no transform with state is called so");
    assertThatThrownBy(() -> check(saved, now, Map.of("Old", "New", "Odl", "New")))
        .hasMessageContaining("names 'Odl', of which nothing is saved");
    assertThat(SignatureDifference.check(saved, now, TransformNames.SAME, true))
        .containsExactly("Old/Count");
  }

  @Test
  void twoCannotBecomeOne() {
    assertThatThrownBy(
            () ->
                check(
                    List.of(transform("A", ""), transform("B", "")),
                    List.of(transform("B", "")),
                    Map.of("A", "B")))
        .hasMessageContaining("'A' and 'B' would both be 'B' now");
  }

  @Test
  void aNumberedNameIsTrustedOnlyIfAllThatAreNamedAlikeAreWhatTheyWere() {
    List<TransformSignature> saved = List.of(transform("Sum2", "cafe"));
    assertThat(check(saved, List.of(transform("Sum2", "cafe")), Map.of())).isEmpty();
    List<TransformSignature> changed = List.of(transform("Sum2", "beef"));
    assertThatThrownBy(() -> check(saved, changed, Map.of()))
        .hasMessageContaining("'Sum2' may be another one now")
        .hasMessageContaining("--transformNameMapping={\"Sum2\":\"ITS NAME NOW\"}");
    assertThat(check(saved, changed, Map.of("Sum2", "Sum2"))).isEmpty();
  }
}
