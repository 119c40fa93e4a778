package dev.sluice.runner.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Where the log goes, and how much of it: warnings to a file that {@code bin/sluice} names, or all
 * to standard error.
 *
 * <p>These are settings of slf4j-simple, which reads them once when the first logger is made:
 * therefore they come before everything else. What is set for the JVM wins over Beam's own options
 * for log levels, and these win over what is usual here. A value of theirs that cannot be read is
 * left to Beam, which refuses it when the options are parsed.
 */
final class LogSettings {
  private static final String FILE_PROPERTY = "sluice.log";
  private static final String PREFIX = "org.slf4j.simpleLogger.";
  private static final String DEFAULT_LEVEL = "--defaultSdkHarnessLogLevel=";
  private static final String OVERRIDES = "--sdkHarnessLogLevelOverrides=";

  private LogSettings() {}

  /** Sets them for this process. */
  static void apply(List<String> args) {
    of(args, System.getProperty(FILE_PROPERTY, "")).forEach(LogSettings::setDefault);
  }

  /** The settings for a command line, by their names in slf4j-simple. */
  static Map<String, String> of(List<String> args, String file) {
    boolean verbose = args.contains("--verbose");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("logFile", verbose || file.isEmpty() ? "System.err" : file);
    settings.put("defaultLogLevel", verbose ? "info" : file.isEmpty() ? "error" : "warn");
    settings.put("showDateTime", "true");
    settings.put("dateTimeFormat", "HH:mm:ss.SSS");
    settings.put("showShortLogName", "true");
    // Kafka's clients print their whole configuration, a page each, at the level below this one.
    settings.put("log.org.apache.kafka", "warn");
    // These have a few lines for each file that is written.
    settings.put("log.org.apache.beam.sdk.io.WriteFiles", "warn");
    settings.put("log.org.apache.beam.sdk.io.FileBasedSink", "warn");
    for (String arg : args) {
      if (arg.startsWith(DEFAULT_LEVEL)) {
        settings.put("defaultLogLevel", level(arg.substring(DEFAULT_LEVEL.length())));
      } else if (arg.startsWith(OVERRIDES)) {
        overrides(arg.substring(OVERRIDES.length()))
            .forEach((logger, level) -> settings.put("log." + logger, level(level)));
      }
    }
    return settings;
  }

  private static Map<String, String> overrides(String json) {
    try {
      return new ObjectMapper().readValue(json, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException e) {
      return Map.of();
    }
  }

  /** Beam's name of a level in the words of slf4j-simple, which has the same ones in small. */
  private static String level(String level) {
    return level.toLowerCase(Locale.ROOT);
  }

  private static void setDefault(String name, String value) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, value);
    }
  }
}
