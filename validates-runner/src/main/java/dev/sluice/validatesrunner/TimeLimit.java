package dev.sluice.validatesrunner;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Runs one test on a thread of its own and gives up on it after a while. A test that does not end
 * is reported as hung with a dump of all threads; it is then interrupted, and left behind as a
 * daemon thread if it ignores that, so that the suite continues. Used by one lane of a suite at a
 * time.
 */
final class TimeLimit {

  /** JUnit's Timeout rule moves the body of a test to a thread of this name. */
  private static final String BODY_OF_TIMEOUT_RULE = "Time-limited test";

  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Duration limit;

  TimeLimit(Duration limit) {
    this.limit = limit;
  }

  /** The outcome of {@code body}, or that it hung. */
  Outcome run(BeamTest test, Mode mode, Supplier<Outcome> body) throws InterruptedException {
    Outcome[] result = new Outcome[1];
    ThreadGroup group = new ThreadGroup("beam-test");
    Thread thread = new Thread(group, () -> result[0] = body.get(), "beam-test:" + test.label());
    thread.setDaemon(true);
    long start = System.nanoTime();
    thread.start();
    thread.join(limit.toMillis());
    if (!thread.isAlive()) {
      return result[0] == null ? died(test, mode, start) : result[0];
    }
    String dump = dumpOfAllThreads();
    String where = whereItWaits(thread, group);
    interrupt(thread, group);
    thread.join(GRACE.toMillis());
    String left = thread.isAlive() ? ", and ignored the interrupt" : "";
    String cause = "no end within " + limit.toSeconds() + " s" + left + "; waiting in " + where;
    return new Outcome(test, mode, Outcome.Status.HUNG, millisSince(start), cause, dump);
  }

  private static Outcome died(BeamTest test, Mode mode, long start) {
    return Outcome.failed(
        test, mode, millisSince(start), new IllegalStateException("the test's thread died"));
  }

  private static long millisSince(long startNanos) {
    return Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
  }

  /**
   * Interrupts the test alone: the threads of the engine are in the same group, because a thread
   * inherits it from whoever starts it.
   */
  private static void interrupt(Thread thread, ThreadGroup group) {
    bodies(thread, group).forEach(Thread::interrupt);
  }

  private static List<Thread> bodies(Thread thread, ThreadGroup group) {
    Thread[] members = new Thread[group.activeCount() * 2 + 16];
    int count = group.enumerate(members, true);
    List<Thread> bodies = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (members[i] == thread || members[i].getName().equals(BODY_OF_TIMEOUT_RULE)) {
        bodies.add(members[i]);
      }
    }
    return bodies;
  }

  /** The first frame that is not the JDK's, in the thread that runs the test's body. */
  private static String whereItWaits(Thread thread, ThreadGroup group) {
    List<Thread> bodies = bodies(thread, group);
    Thread body = bodies.isEmpty() ? thread : bodies.get(bodies.size() - 1);
    for (StackTraceElement frame : body.getStackTrace()) {
      if (frame.getModuleName() == null) {
        return frame.getClassName() + '.' + frame.getMethodName() + ':' + frame.getLineNumber();
      }
    }
    return "no frame";
  }

  private static String dumpOfAllThreads() {
    StringBuilder dump = new StringBuilder();
    for (ThreadInfo info : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true)) {
      dump.append('"').append(info.getThreadName()).append("\" ").append(info.getThreadState());
      if (info.getLockName() != null) {
        dump.append(" on ").append(info.getLockName());
      }
      if (info.getLockOwnerName() != null) {
        dump.append(" held by \"").append(info.getLockOwnerName()).append('"');
      }
      dump.append('\n');
      for (StackTraceElement frame : info.getStackTrace()) {
        dump.append("    at ").append(frame).append('\n');
      }
      dump.append('\n');
    }
    return dump.toString();
  }
}
