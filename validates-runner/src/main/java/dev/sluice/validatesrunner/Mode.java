package dev.sluice.validatesrunner;

import java.util.List;
import java.util.Locale;

/**
 * One of the two ways in which the whole suite runs. Beam's tests read their options from a system
 * property, so a JVM runs one mode after the other, never both at once.
 */
enum Mode {
  /** Every job is forced to be a streaming one. */
  STREAMING,
  /** Without the flag: a job is streaming exactly if it has an unbounded source. */
  BOUNDED;

  List<String> options() {
    return switch (this) {
      case STREAMING -> List.of("--streaming=true");
      case BOUNDED -> List.of();
    };
  }

  /** The name in files and reports. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
