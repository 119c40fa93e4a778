package dev.sluice.runner;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.Failure;
import dev.sluice.protocol.FailureKind;
import dev.sluice.worker.stage.TransformException;
import java.io.IOException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureMessageTest {
  @Test
  void namesTheTransformAndTheUsersOwnException() {
    Throwable failure =
        new PipelineExecutionException(
            new TransformException("Parse/ParDo", new IllegalStateException("bad line")));
    assertThat(FailureMessage.of(failure))
        .startsWith("transform 'Parse/ParDo' failed: IllegalStateException: bad line");
  }

  @Test
  void tellsWhatACauseHasToAdd() {
    Throwable failure = new IllegalStateException("no file", new RuntimeException("disk is gone"));
    assertThat(FailureMessage.of(failure).lines())
        .containsSequence(
            "IllegalStateException: no file", "  because of RuntimeException: disk is gone");
  }

  @Test
  void namesTheClassIfThereIsNoMessage() {
    assertThat(FailureMessage.of(new NullPointerException()))
        .startsWith("java.lang.NullPointerException");
  }

  @Test
  void namesTheClassIfTheMessageCannotBePrinted() {
    assertThat(FailureMessage.of(new UnprintableException()))
        .startsWith(UnprintableException.class.getName());
  }

  @ParameterizedTest
  @EnumSource
  void whatFailsWithoutATransformSaysWhatToDo(FailureKind kind) {
    IOException cause = new IOException("it is gone");
    cause.setStackTrace(new StackTraceElement[0]);
    Failure failure = Failure.of(kind, "job-1/s1/0", "it is gone");

    String message = FailureMessage.of(failure, cause);

    assertThat(message).contains("failed: ", "it is gone").endsWith(lastLine(kind));
    boolean inTheEnginesTerms = kind == FailureKind.ENGINE_BUG;
    assertThat(message.contains("job-1/s1/0")).isEqualTo(inTheEnginesTerms);
  }

  private static String lastLine(FailureKind kind) {
    return kind.cure().isEmpty() ? "it is gone" : kind.cure();
  }

  private static final class UnprintableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new UnsupportedOperationException("no message");
    }
  }
}
