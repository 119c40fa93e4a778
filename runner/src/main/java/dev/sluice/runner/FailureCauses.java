package dev.sluice.runner;

import dev.sluice.protocol.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectStreamClass;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what was thrown behind the report of a failure: the very object if it was thrown in this
 * process, else a copy, else its text. Stateless but for what this process keeps; any thread.
 */
final class FailureCauses {
  private static final Logger LOG = LoggerFactory.getLogger(FailureCauses.class);

  private final LiveExceptions live;

  FailureCauses(LiveExceptions live) {
    this.live = live;
  }

  /**
   * The cause of a failure.
   *
   * @param loader of the job's own classes, in whose name its bytes are opened
   */
  Throwable of(Failure failure, ClassLoader loader) {
    return live.find(failure.live())
        .or(() -> opened(failure, loader))
        .orElseGet(() -> new ReportedException(failure.message(), failure.stackTrace()));
  }

  private static Optional<Throwable> opened(Failure failure, ClassLoader loader) {
    if (failure.exception().isEmpty()) {
      return Optional.empty();
    }
    try (ObjectInputStream in = new OfLoader(failure.exception().newInput(), loader)) {
      return Optional.of((Throwable) in.readObject());
    } catch (IOException | ClassNotFoundException | RuntimeException | LinkageError e) {
      LOG.debug("what was thrown cannot be deserialized here, and is reported as text", e);
      return Optional.empty();
    }
  }

  /** Knows the classes of a job. */
  private static final class OfLoader extends ObjectInputStream {
    private final ClassLoader loader;

    OfLoader(InputStream bytes, ClassLoader loader) throws IOException {
      super(bytes);
      this.loader = loader;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(described.getName(), false, loader);
      } catch (ClassNotFoundException e) {
        return super.resolveClass(described);
      }
    }
  }
}
