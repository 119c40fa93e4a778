package dev.sluice.translation;

import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * Recognises triggers that may fire before the end of their window, by what processing time or the
 * number of elements says; pure functions.
 *
 * <p>What such a trigger puts into one pane depends on when the elements arrive: a job that was
 * down finds in one pane what would have come in several, had it been there.
 */
public final class EarlyFirings {
  private EarlyFirings() {}

  /** Whether {@code trigger} may fire while the watermark is before the end of the window. */
  public static boolean possible(RunnerApi.Trigger trigger) {
    return switch (trigger.getTriggerCase()) {
      case ALWAYS, ELEMENT_COUNT, AFTER_PROCESSING_TIME, AFTER_SYNCHRONIZED_PROCESSING_TIME -> true;
      // What comes late is past the end of the window.
      case DEFAULT, NEVER, TRIGGER_NOT_SET -> false;
      // Without early firings the Java SDK names a trigger for them that never fires.
      case AFTER_END_OF_WINDOW -> possible(trigger.getAfterEndOfWindow().getEarlyFirings());
      case AFTER_ALL ->
          trigger.getAfterAll().getSubtriggersList().stream().allMatch(EarlyFirings::possible);
      case AFTER_ANY ->
          trigger.getAfterAny().getSubtriggersList().stream().anyMatch(EarlyFirings::possible);
      // The others wait for the first.
      case AFTER_EACH ->
          trigger.getAfterEach().getSubtriggersList().stream()
              .limit(1)
              .anyMatch(EarlyFirings::possible);
      case OR_FINALLY ->
          possible(trigger.getOrFinally().getMain())
              || possible(trigger.getOrFinally().getFinally());
      case REPEAT -> possible(trigger.getRepeat().getSubtrigger());
    };
  }
}
