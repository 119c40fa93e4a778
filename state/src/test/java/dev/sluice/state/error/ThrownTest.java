package dev.sluice.state.error;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ThrownTest {

  /** Whose message, text and cause are code of the user's. */
  private static final class Odd extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("thrown on purpose by a test");
    }
  }

  private static final class Endless extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public synchronized Throwable getCause() {
      return new Endless();
    }
  }

  @Test
  void whatCanBePrintedStaysAsItIs() {
    Exception exception = new Exception("plain", new StackOverflowError());
    assertThat(Thrown.printable(exception)).isSameAs(exception);
  }

  @Test
  void whatCannotBePrintedHasAStandInWithItsStackTrace() {
    Odd odd = new Odd();
    Throwable standIn = Thrown.printable(odd);
    assertThat(standIn.getStackTrace()).isEqualTo(odd.getStackTrace());
    assertThat(standIn)
        .hasMessage(Odd.class.getName() + " (to print it throws java.lang.IllegalStateException)");
    assertThat(Thrown.text(odd)).contains(Odd.class.getName());
  }

  @Test
  void aBadCauseIsFoundBehindAGoodOne() {
    assertThat(Thrown.printable(new IllegalStateException("good", new Odd())).toString())
        .contains("IllegalStateException (to print it throws");
  }

  @Test
  void causesWithoutEndAreCut() {
    assertThat(Thrown.printable(new Endless())).hasMessageContaining("its causes have no end");
  }

  @Test
  void aCircleOfCausesCanBePrinted() {
    Exception inner = new Exception("inner");
    Exception outer = new Exception("outer", inner);
    inner.initCause(outer);
    assertThat(Thrown.printable(outer)).isSameAs(outer);
  }

  @Test
  void anObjectWithoutATextIsToldByItsClass() {
    assertThat(Thrown.textOf("text")).isEqualTo("text");
    assertThat(Thrown.textOf(null)).isEqualTo("null");
    assertThat(Thrown.textOf(new Untold()))
        .isEqualTo(
            Untold.class.getName() + " (its toString() throws java.lang.StackOverflowError)");
  }

  private static final class Untold {
    @Override
    public String toString() {
      throw new StackOverflowError();
    }
  }

  @Test
  void loggingThrowsNothing() {
    assertThatCode(
            () ->
                Thrown.log(
                    LoggerFactory.getLogger(ThrownTest.class), "about {}", new Untold(), new Odd()))
        .doesNotThrowAnyException();
  }

  @Test
  void nothingSuppressesItself() {
    Exception first = new Exception("first");
    Exception second = new Exception("second");
    Thrown.suppress(first, first);
    Thrown.suppress(first, second);
    assertThat(first.getSuppressed()).containsExactly(second);
  }
}
