package dev.sluice.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.SdkHarnessOptions;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The levels that {@code --defaultSdkHarnessLogLevel} and {@code --sdkHarnessLogLevelOverrides} ask
 * for, set in {@code java.util.logging} for the whole JVM while a job runs; whoever logs by another
 * library sees them if that is bound to it.
 */
final class LogLevels {
  /** A logger, which the JDK would forget if nobody held it, and the level it had. */
  private record Former(Logger logger, @Nullable Level level) {}

  private final List<Former> formers = new ArrayList<>();

  private LogLevels() {}

  /** Sets the levels of a job; nothing happens if its options ask for none. */
  static LogLevels of(PipelineOptions options) {
    SdkHarnessOptions wanted = options.as(SdkHarnessOptions.class);
    LogLevels levels = new LogLevels();
    if (wanted.getDefaultSdkHarnessLogLevel() != null) {
      levels.remember(Logger.getLogger(""));
    }
    if (wanted.getSdkHarnessLogLevelOverrides() != null) {
      wanted.getSdkHarnessLogLevelOverrides().keySet().forEach(levels::remember);
    }
    SdkHarnessOptions.getConfiguredLoggerFromOptions(wanted);
    return levels;
  }

  private void remember(String name) {
    remember(Logger.getLogger(name));
  }

  private void remember(Logger logger) {
    formers.add(new Former(logger, logger.getLevel()));
  }

  /** Sets the levels that were there before. */
  void restore() {
    formers.forEach(former -> former.logger().setLevel(former.level()));
  }
}
