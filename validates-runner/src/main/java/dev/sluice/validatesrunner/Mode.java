package dev.sluice.validatesrunner;

import java.util.List;
import java.util.Locale;

/**
 * One of the ways in which the whole suite runs. Beam's tests read their options from a system
 * property, so a JVM runs one mode after the other, never two at once.
 */
enum Mode {
  /** Every job is forced to be a streaming one. */
  STREAMING,
  /** Without the flag: a job is streaming exactly if it has an unbounded source. */
  BOUNDED,
  /**
   * Streaming, with a checkpoint every 50 ms; on {@code FireSluiceRunner}, with {@code --crashSeed}
   * beside it: no state stays on the heap and each job loses its worker once.
   */
  UNDER_FIRE;

  List<String> options() {
    return switch (this) {
      case STREAMING -> List.of("--streaming=true");
      case BOUNDED -> List.of();
      case UNDER_FIRE ->
          List.of("--streaming=true", "--checkpointIntervalMs=50", "--restartAttempts=1");
    };
  }

  /** The runner that this mode is for. */
  String runner() {
    return this == UNDER_FIRE ? "FireSluiceRunner" : "TestSluiceRunner";
  }

  /** The name in files and reports. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
