package dev.sluice.worker.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.FailureKind;
import dev.sluice.state.error.StateStoreException;
import dev.sluice.worker.stage.TransformException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose fault a throwable is, and what is left of it to be read. */
class FailuresTest {

  @Test
  void causesInACircleEnd() {
    IllegalStateException one = new IllegalStateException("one");
    one.initCause(new IllegalStateException("two", one));

    TaskFailure failure = Failures.of(new TransformException("Parse", one), "job-1/s1/0");

    assertThat(failure.kind()).isEqualTo(FailureKind.USER_CODE);
    assertThat(failure.transform()).isEqualTo("Parse");
    assertThat(failure.cause()).isSameAs(one);
  }

  @Test
  void aStoreThatCannotBeWrittenIsTheDisksFault() {
    Exception full = new StateStoreException("no space", new IOException("no space"));

    assertThat(Failures.of(new TransformException("Count", full), "job-1/s1/0").kind())
        .isEqualTo(FailureKind.DISK);
    assertThat(Failures.of(full, "job-1/s1/0").kind()).isEqualTo(FailureKind.DISK);
  }

  @Test
  void stackTracesOfUserCodeEndWhereItIsCalled() {
    IllegalStateException cause = new IllegalStateException("cause");
    cause.setStackTrace(
        frames("my.Parser", "my.ParseFn", "my.ParseFn$DoFnInvoker$1", "dev.sluice.worker.Upper"));
    IllegalStateException thrown = new IllegalStateException("thrown", cause);
    thrown.setStackTrace(
        frames(
            "org.apache.beam.View",
            "dev.sluice.worker.pardo.SideInputView",
            "my.ParseFn",
            "dev.sluice.worker.pardo.UserFn",
            "my.FusedBefore"));

    Failures.of(new TransformException("Parse", thrown), "job-1/s1/0");

    assertThat(thrown.getStackTrace())
        .extracting(StackTraceElement::getClassName)
        .containsExactly(
            "org.apache.beam.View", "dev.sluice.worker.pardo.SideInputView", "my.ParseFn");
    assertThat(cause.getStackTrace())
        .extracting(StackTraceElement::getClassName)
        .containsExactly("my.Parser", "my.ParseFn");
  }

  @Test
  void stackTracesOfBugsStayWhole() {
    IllegalStateException bug = new IllegalStateException("broken invariant");
    StackTraceElement[] before = frames("dev.sluice.worker.task.Task", "java.lang.Thread");
    bug.setStackTrace(before);

    assertThat(Failures.of(bug, "job-1/s1/0").kind()).isEqualTo(FailureKind.ENGINE_BUG);
    assertThat(bug.getStackTrace()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void eachKindSaysWhoIsToBlameAndWhatTheEngineDoes(FailureKind kind) {
    assertThat(kind.whose()).isNotBlank();
    assertThat(kind.engineDoes()).isNotBlank();
    // Only what the person's own exception says can be better advice.
    boolean ownWords = kind == FailureKind.USER_CODE || kind == FailureKind.BAD_PIPELINE;
    assertThat(kind.cure().isEmpty()).isEqualTo(ownWords);
  }

  private static StackTraceElement[] frames(String... classes) {
    StackTraceElement[] frames = new StackTraceElement[classes.length];
    for (int i = 0; i < classes.length; i++) {
      frames[i] = new StackTraceElement(classes[i], "method", "File.java", i + 1);
    }
    return frames;
  }
}
