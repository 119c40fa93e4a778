package dev.sluice.state.error;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.slf4j.Logger;

/**
 * What somebody else's code has thrown, made safe to keep, log and report.
 *
 * <p>Stateless; any thread. An exception of the user's is code of the user's: its message, its text
 * and its causes are asked for by every logger and every wrapper, and if one of them throws or
 * never ends, whoever wanted to report the failure fails too.
 */
public final class Thrown {
  /** Of more causes than this there is no end. */
  private static final int MOST_CAUSES = 5_000;

  /** Longer messages, in characters, are not carried around. */
  private static final long MOST_TEXT = 50_000_000;

  private Thrown() {}

  /**
   * What can be printed in place of {@code thrown}: itself, as a rule; else something that names
   * its class, has its stack trace, and says why it stands there.
   */
  public static Throwable printable(Throwable thrown) {
    if (thrown instanceof VirtualMachineError) {
      // The JVM's own, and perhaps there is no memory to look at it.
      return thrown;
    }
    try {
      int causes = 0;
      long asked = 0;
      Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Throwable t = thrown; t != null && seen.add(t); t = t.getCause()) {
        if (++causes > MOST_CAUSES) {
          return new UnprintableException(thrown, "its causes have no end");
        }
        // Loggers and wrappers ask for them one by one.
        asked += length(t.getMessage()) + length(t.toString());
      }
      thrown.printStackTrace(new PrintWriter(Writer.nullWriter()));
      return asked > MOST_TEXT ? new UnprintableException(thrown, "its text is too long") : thrown;
    } catch (Throwable e) {
      return new UnprintableException(thrown, "to print it throws " + e.getClass().getName());
    }
  }

  private static int length(String text) {
    return text == null ? 0 : text.length();
  }

  /** Whether an allocation has failed, as the last cause says. Allocates nothing; never throws. */
  public static boolean isOutOfMemory(Throwable thrown) {
    try {
      Throwable t = thrown;
      for (int causes = 0; t != null && causes < MOST_CAUSES; causes++) {
        if (t instanceof OutOfMemoryError) {
          return true;
        }
        t = t.getCause();
      }
      return false;
    } catch (Throwable e) {
      return e instanceof OutOfMemoryError;
    }
  }

  /** Class and message of {@code thrown}; never throws. */
  public static String text(Throwable thrown) {
    return printable(thrown).toString();
  }

  /** {@code thrown} with its causes, as Java prints it, cut behind {@code most} characters. */
  public static String stackTrace(Throwable thrown, int most) {
    StringWriter text = new StringWriter();
    printable(thrown).printStackTrace(new PrintWriter(text));
    return text.getBuffer().length() > most ? text.getBuffer().substring(0, most) : text.toString();
  }

  /** The text of an object of the user's, or its class if it has none; never throws. */
  public static String textOf(Object object) {
    try {
      return String.valueOf(object);
    } catch (Throwable e) {
      return object.getClass().getName()
          + " (its toString() throws "
          + e.getClass().getName()
          + ")";
    }
  }

  /**
   * Logs an error where nothing may escape: in a loop that others rely on. What a logger throws,
   * which may be the user's too, is lost.
   */
  public static void log(Logger log, String message, Object about, Throwable thrown) {
    try {
      log.error(message, about, printable(thrown));
    } catch (Throwable e) {
      // There is nobody left to tell.
      return;
    }
  }

  /** Notes that {@code other} was thrown while {@code first} was dealt with. */
  public static void suppress(Throwable first, Throwable other) {
    // The same one may be thrown twice, and does not take itself.
    if (first != other) {
      first.addSuppressed(other);
    }
  }
}
