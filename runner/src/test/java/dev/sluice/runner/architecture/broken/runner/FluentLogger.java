package dev.sluice.runner.architecture.broken.runner;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs in a way that SLF4J 1 does not have. */
final class FluentLogger {
  private static final Logger LOG = LoggerFactory.getLogger(FluentLogger.class);

  private FluentLogger() {}

  static void log() {
    LOG.atInfo().log("logged");
  }
}
