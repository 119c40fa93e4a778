package dev.sluice.runner.cli;

/**
 * Where the log goes: warnings to a file that {@code bin/sluice} names, or all to standard error.
 *
 * <p>These are settings of slf4j-simple, which reads them once when the first logger is made:
 * therefore they come before everything else. What is set on the command line wins.
 */
final class LogSettings {
  private static final String FILE_PROPERTY = "sluice.log";
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private LogSettings() {}

  /** Sets them for this process. */
  static void apply(boolean verbose) {
    String file = System.getProperty(FILE_PROPERTY, "");
    setDefault("logFile", verbose || file.isEmpty() ? "System.err" : file);
    setDefault("defaultLogLevel", verbose ? "info" : file.isEmpty() ? "error" : "warn");
    setDefault("showDateTime", "true");
    setDefault("dateTimeFormat", "HH:mm:ss.SSS");
    setDefault("showShortLogName", "true");
    // Kafka's clients print their whole configuration, a page each, at this level.
    setDefault("log.org.apache.kafka", "warn");
  }

  private static void setDefault(String name, String value) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, value);
    }
  }
}
