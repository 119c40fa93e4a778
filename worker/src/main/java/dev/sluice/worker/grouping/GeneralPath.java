package dev.sluice.worker.grouping;

import dev.sluice.worker.stage.OperatorContext;
import org.apache.beam.sdk.options.ExperimentalOptions;
import org.apache.beam.sdk.values.WindowingStrategy;

/**
 * Says when a grouping takes the general path, by {@link GeneralGrouping} and without combining
 * before the exchange.
 *
 * <p>A pure function. A job does all of its grouping on that path with {@code
 * --experiments=sluice_general_path}: its results are the same, so whoever doubts a result can find
 * out whether the specialised operators are involved, and tests do. The two keep their state in
 * different ways, so a job stays with what it was first started with.
 */
final class GeneralPath {
  private static final String EXPERIMENT = "sluice_general_path";

  private GeneralPath() {}

  /** Whether the job wants nothing else. */
  static boolean only(OperatorContext context) {
    return ExperimentalOptions.hasExperiment(context.task().options(), EXPERIMENT);
  }

  /** Whether a grouping under this strategy has to or is wanted to. */
  static boolean takenBy(OperatorContext context, WindowingStrategy<?, ?> strategy) {
    return only(context) || !OneFiring.under(strategy);
  }
}
