package dev.sluice.runner;

import java.util.List;
import java.util.logging.Logger;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.SdkHarnessOptions;

/**
 * The levels that {@code --defaultSdkHarnessLogLevel} and {@code --sdkHarnessLogLevelOverrides} ask
 * for, set in {@code java.util.logging}; whoever logs by another library sees them if that is bound
 * to it. They hold for the whole JVM, and those of single loggers for as long as this object lives.
 */
final class LogLevels {
  // The JDK forgets a logger, and its level, that nobody holds.
  private final List<Logger> loggers;

  private LogLevels(List<Logger> loggers) {
    this.loggers = List.copyOf(loggers);
  }

  /** Sets the levels of a job; nothing happens if its options ask for none. */
  static LogLevels of(PipelineOptions options) {
    return new LogLevels(
        SdkHarnessOptions.getConfiguredLoggerFromOptions(options.as(SdkHarnessOptions.class)));
  }

  /** How many loggers have a level of their own. */
  int size() {
    return loggers.size();
  }
}
