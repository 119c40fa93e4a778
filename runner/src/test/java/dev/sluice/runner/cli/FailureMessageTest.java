package dev.sluice.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.stage.TransformException;
import org.apache.beam.sdk.Pipeline.PipelineExecutionException;
import org.junit.jupiter.api.Test;

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
}
