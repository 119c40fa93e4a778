package dev.sluice.worker.task;

import dev.sluice.worker.exchange.InputGate;
import dev.sluice.worker.stage.JavaStage;

/**
 * A task's synchronized processing time: a question that goes to all producers of its input, and
 * comes back behind all that they had before them. When each has answered, the time of the question
 * is that to which the tasks upstream have come. Asked only while a timer waits for it; a producer
 * asks nobody in turn.
 *
 * <p>Owned by the task's thread. Always true: an answer is sent with no bundle open and nothing
 * due, and what was received before the question has been sent on before the answer.
 */
final class Synchronization {
  /** The least time between two questions, so that what fires together stays together. */
  private static final long BETWEEN_QUESTIONS_MS = 10;

  private final TaskSpec spec;
  private final InputGate input;
  private final TaskOutputs outputs;
  private long askedMs = Long.MIN_VALUE;
  private long timerMs = Long.MAX_VALUE;
  private boolean asking;
  private Answer answer = Answer.NONE;

  private enum Answer {
    NONE,
    /** A producer may have sent a watermark to other consumers, and not to this one yet. */
    CATCHES_UP,
    /** What had come before the question is not all done. */
    WORKS
  }

  Synchronization(TaskSpec spec, InputGate input, TaskOutputs outputs) {
    this.spec = spec;
    this.input = input;
    this.outputs = outputs;
  }

  /** Whether {@link #step} has something to do although no input has come. */
  boolean hasWork() {
    return (answer == Answer.NONE && outputs.asked())
        || answer == Answer.CATCHES_UP
        || spec.jobClock().nowMs() >= nextQuestionMs();
  }

  /**
   * After a restore, before the first input: by a barrier all tasks have received what those
   * upstream had sent by it, so what has waited since then need not wait for an answer.
   */
  void restored(JavaStage stage) {
    askedMs = spec.jobClock().nowMs();
    stage.advanceSynchronizedTime(askedMs);
  }

  /** Whether all have answered and the stage has not been notified. */
  boolean answered() {
    return asking && input.answered();
  }

  /** Whether a consumer waits for an answer, before which all bundles are to have ended. */
  boolean owes() {
    return answer != Answer.NONE || outputs.asked();
  }

  /**
   * Asks and, if no bundle is open, answers; between slices, when the watermarks have been passed
   * on.
   */
  void step(JavaStage stage, boolean bundleIsOpen) {
    if (!bundleIsOpen) {
      answer(stage);
    }
    timerMs = stage.nextSynchronizedTimeMs();
    long nowMs = spec.jobClock().nowMs();
    if (nowMs >= nextQuestionMs()) {
      askedMs = nowMs;
      asking = true;
      input.ask();
    }
    if (answered()) {
      asking = false;
      stage.advanceSynchronizedTime(askedMs);
    }
  }

  private void answer(JavaStage stage) {
    // One that comes while another one is worked at is a question for itself: more has come since.
    while (answer != Answer.NONE || outputs.asked()) {
      if (answer == Answer.NONE) {
        answer = Answer.CATCHES_UP;
        input.awaitCatchUp();
      }
      if (answer == Answer.CATCHES_UP && input.caughtUp()) {
        answer = Answer.WORKS;
        input.mark();
      }
      if (answer == Answer.CATCHES_UP || !input.passedMark() || stage.hasDueWork()) {
        return;
      }
      answer = Answer.NONE;
      outputs.answer();
    }
  }

  /**
   * When it is to ask, in the job's processing time; {@code Long.MAX_VALUE} while it waits for
   * answers or nothing waits for them.
   */
  long nextQuestionMs() {
    return asking || !spec.jobClockRuns() || timerMs == Long.MAX_VALUE || timerMs < askedMs
        ? Long.MAX_VALUE
        : Math.max(timerMs + 1, askedMs + BETWEEN_QUESTIONS_MS);
  }
}
