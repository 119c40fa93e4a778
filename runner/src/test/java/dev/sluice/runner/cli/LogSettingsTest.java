package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How much the command logs, and where. */
class LogSettingsTest {
  private static final String WRITE_FILES = "log.org.apache.beam.sdk.io.WriteFiles";

  @Test
  void warningsGoToTheFileAndNothingButErrorsToTheScreen() {
    assertThat(LogSettings.of(List.of("run"), "sluice.log"))
        .containsEntry("logFile", "sluice.log")
        .containsEntry("defaultLogLevel", "warn");
    assertThat(LogSettings.of(List.of("run"), ""))
        .containsEntry("logFile", "System.err")
        .containsEntry("defaultLogLevel", "error");
  }

  @Test
  void aVerboseCommandHasNoLineForEachFileThatIsWritten() {
    assertThat(LogSettings.of(List.of("run", "--verbose"), "sluice.log"))
        .containsEntry("logFile", "System.err")
        .containsEntry("defaultLogLevel", "info")
        .containsEntry(WRITE_FILES, "warn");
  }

  @Test
  void beamsOptionsForLogLevelsAreHeard() {
    Map<String, String> settings =
        LogSettings.of(
            List.of(
                "--defaultSdkHarnessLogLevel=DEBUG",
                "--sdkHarnessLogLevelOverrides={\"org.apache.beam.sdk.io.WriteFiles\":\"INFO\","
                    + "\"org.apache.kafka\":\"ERROR\"}"),
            "sluice.log");
    assertThat(settings)
        .containsEntry("defaultLogLevel", "debug")
        .containsEntry(WRITE_FILES, "info")
        .containsEntry("log.org.apache.kafka", "error");
  }

  @Test
  void overridesThatCannotBeReadAreLeftToBeam() {
    assertThat(LogSettings.of(List.of("--sdkHarnessLogLevelOverrides={oops"), "sluice.log"))
        .containsEntry(WRITE_FILES, "warn");
  }
}
