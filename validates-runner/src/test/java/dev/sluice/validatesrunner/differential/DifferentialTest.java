package dev.sluice.validatesrunner.differential;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class DifferentialTest {
  @Test
  void sluiceAndBeamsDirectRunnerSeeTheSame() throws InterruptedException {
    List<String> differences = Seeds.ofThisRun().compare(difference -> {});

    assertTrue(differences.isEmpty(), () -> String.join("\n", differences));
  }
}
