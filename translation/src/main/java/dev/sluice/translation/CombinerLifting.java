package dev.sluice.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Decides whether a Combine may begin before its exchange; pure functions.
 *
 * <p>Combining early replaces several elements of one bundle, key and window by one accumulator.
 * That is right if nothing behind the exchange looks at the single elements: windows do not merge
 * (an accumulator of two elements could belong to two sessions), and no trigger counts beyond the
 * first element. A trigger that waits for one element, for processing time or for the watermark
 * fires for an accumulator exactly when it would fire for the elements in it.
 */
final class CombinerLifting {
  private CombinerLifting() {}

  static boolean allowedUnder(RunnerApi.WindowingStrategy windowing) {
    return windowing.getMergeStatus() == RunnerApi.MergeStatus.Enum.NON_MERGING
        && countsNoElements(windowing.getTrigger());
  }

  private static boolean countsNoElements(RunnerApi.Trigger trigger) {
    return switch (trigger.getTriggerCase()) {
      case DEFAULT, NEVER, ALWAYS, AFTER_PROCESSING_TIME, AFTER_SYNCHRONIZED_PROCESSING_TIME ->
          true;
      case ELEMENT_COUNT -> trigger.getElementCount().getElementCount() <= 1;
      case AFTER_END_OF_WINDOW -> {
        RunnerApi.Trigger.AfterEndOfWindow t = trigger.getAfterEndOfWindow();
        yield (!t.hasEarlyFirings() || countsNoElements(t.getEarlyFirings()))
            && (!t.hasLateFirings() || countsNoElements(t.getLateFirings()));
      }
      case AFTER_ALL -> allCountNoElements(trigger.getAfterAll().getSubtriggersList());
      case AFTER_ANY -> allCountNoElements(trigger.getAfterAny().getSubtriggersList());
      // An element that would have fired the first step and another that would have fired the
      // second
      // arrive as one: a sequence is not the same after combining.
      case AFTER_EACH -> false;
      case OR_FINALLY ->
          countsNoElements(trigger.getOrFinally().getMain())
              && countsNoElements(trigger.getOrFinally().getFinally());
      case REPEAT -> countsNoElements(trigger.getRepeat().getSubtrigger());
      case TRIGGER_NOT_SET -> false;
    };
  }

  private static boolean allCountNoElements(Iterable<RunnerApi.Trigger> triggers) {
    for (RunnerApi.Trigger trigger : triggers) {
      if (!countsNoElements(trigger)) {
        return false;
      }
    }
    return true;
  }
}
