package dev.sluice.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person is told of a checkpoint. */
final class JobOriginTest {

  @ParameterizedTest
  @CsvSource({
    "-5, 0 s old",
    "59_999, 59 s old",
    "119_999, 119 s old",
    "120_000, 2 min old",
    "7_200_000, 2 h old",
    "172_800_000, 2 days old"
  })
  void anAgeIsInTheUnitThatFits(String ms, String told) {
    assertThat(JobOrigin.age(Long.parseLong(ms.replace("_", "")))).isEqualTo(told);
  }
}
