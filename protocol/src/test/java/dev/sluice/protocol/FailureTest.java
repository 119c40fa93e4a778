package dev.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.protocol.world.Exceptions;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was thrown is reported so that any process can print it, and its client can open it. */
class FailureTest {

  @Test
  void aReportHasTheTextAndTheExceptionAsBytes() throws Exception {
    IOException thrown = new IOException("outer", new IllegalStateException("inner"));
    Failure failure =
        Failure.of(FailureKind.USER_CODE, "Parse", "job-1/s1/0", thrown, Exceptions.NOT_KEPT);

    assertThat(failure.message()).isEqualTo("java.io.IOException: outer");
    assertThat(failure.stackTrace())
        .contains("FailureTest.aReportHasTheText")
        .contains("Caused by: java.lang.IllegalStateException: inner");
    try (ObjectInputStream in = new ObjectInputStream(failure.exception().newInput())) {
      assertThat((Throwable) in.readObject()).hasMessage("outer").rootCause().hasMessage("inner");
    }
  }

  @Test
  void whatTheEngineSaysIsTheMessage() {
    Failure failure =
        Failure.of(FailureKind.DISK, "", "w", new IOException("it is full"), Exceptions.NOT_KEPT);
    assertThat(failure.message()).isEqualTo("it is full");
  }

  @Test
  void whatIsKeptForAClientInThisProcessIsNotSerialized() {
    List<Throwable> kept = new ArrayList<>();
    Exceptions exceptions =
        thrown -> {
          kept.add(thrown);
          return 17;
        };
    IOException thrown = new IOException("it is full");
    Failure failure = Failure.of(FailureKind.USER_CODE, "Parse", "w", thrown, exceptions);

    assertThat(kept).containsExactly(thrown);
    assertThat(failure.live()).isEqualTo(17);
    assertThat(failure.exception().isEmpty()).isTrue();
  }

  @Test
  void whatCannotBeSerializedIsToldAsText() {
    Failure failure =
        Failure.of(FailureKind.USER_CODE, "Parse", "w", new Unserializable(), Exceptions.NOT_KEPT);
    assertThat(failure.exception().isEmpty()).isTrue();
    assertThat(failure.message()).contains("Unserializable: it holds a thread");
  }

  @Test
  void longStackTracesAreCut() {
    Failure failure =
        Failure.of(
            FailureKind.USER_CODE,
            "Parse",
            "w",
            new IOException("x".repeat(300_000)),
            Exceptions.NOT_KEPT);
    assertThat(failure.stackTrace()).hasSize(100_000);
  }

  private static final class Unserializable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings({"serial", "unused"})
    private final Thread thread = Thread.currentThread();

    Unserializable() {
      super("it holds a thread");
    }
  }
}
