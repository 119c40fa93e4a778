package dev.sluice.protocol;

import dev.sluice.protocol.world.Exceptions;
import dev.sluice.state.error.Thrown;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.apache.beam.vendor.grpc.v1p69p0.com.google.protobuf.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Why a task or a job failed, in terms its user knows: a report, which any process can read and
 * print. What was thrown itself is opened by the client alone, where the user's classes are.
 *
 * @param kind whose fault it is and what the engine does about it
 * @param transform full name of the transform, or the empty string if none is to blame
 * @param where the task, such as {@code job-7/s3/1}
 * @param message class and message of what was thrown; the message alone where the engine says it
 *     in a sentence
 * @param stackTrace what was thrown, with its causes, as Java prints it; empty if the engine found
 *     the failure out without something being thrown
 * @param exception what was thrown, Java-serialized; empty if it cannot be
 * @param live the number under which the process that reported it has kept what was thrown, for a
 *     client in the same process ({@link dev.sluice.protocol.world.Exceptions}); 0 if it has not
 */
public record Failure(
    FailureKind kind,
    String transform,
    String where,
    String message,
    String stackTrace,
    ByteString exception,
    long live)
    implements Serializable {
  private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

  /** Longer stack traces are cut. */
  private static final int MOST_CHARACTERS = 100_000;

  /** Larger exceptions are reported as text only. */
  private static final int MOST_BYTES = 1 << 20;

  /** A failure that was found out without something being thrown. */
  public static Failure of(FailureKind kind, String where, String message) {
    return new Failure(kind, "", where, message, "", ByteString.EMPTY, 0);
  }

  /**
   * The report of something that was thrown.
   *
   * @param thrown what user code or the engine threw
   * @param exceptions keeps it for a client in this process; it is serialized only for others
   */
  public static Failure of(
      FailureKind kind, String transform, String where, Throwable thrown, Exceptions exceptions) {
    Throwable printable = Thrown.printable(thrown);
    long live = exceptions.keep(printable);
    return new Failure(
        kind,
        transform,
        where,
        kind.explainsItself() && printable.getMessage() != null
            ? printable.getMessage()
            : printable.toString(),
        Thrown.stackTrace(printable, MOST_CHARACTERS),
        live == 0 ? serialized(printable) : ByteString.EMPTY,
        live);
  }

  /** An exception need not be serializable, whatever its type says. */
  private static ByteString serialized(Throwable thrown) {
    ByteString.Output bytes = ByteString.newOutput();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(thrown);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      LOG.debug(
          "what was thrown cannot be serialized, and is reported as text", Thrown.printable(e));
      return ByteString.EMPTY;
    }
    return bytes.size() > MOST_BYTES ? ByteString.EMPTY : bytes.toByteString();
  }

  /** In a line; the stack trace would fill a page. */
  @Override
  public String toString() {
    return "%s in %s%s: %s"
        .formatted(kind, where, transform.isEmpty() ? "" : " (" + transform + ")", message);
  }
}
