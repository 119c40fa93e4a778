package dev.sluice.testing.simulation;

import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.StringJoiner;

/**
 * What happened in a {@link Simulation}, a line for each event: who stepped, which message arrived,
 * when a process crashed.
 *
 * <p>Owned by the simulation, in the test's thread. Always true: it keeps the last {@value #KEPT}
 * events, which a seed that fails prints; with tracing on, it prints each event as it happens.
 */
final class Story {
  private static final int KEPT = 60;

  /** Components of messages in which another message travels, or that say which one it is. */
  private static final Set<String> TELLING =
      Set.of("number", "message", "event", "content", "task", "checkpoint", "barrier", "attempt");

  private final Deque<Event> last = new ArrayDeque<>();
  private final boolean aloud;
  private long events;

  Story(boolean aloud) {
    this.aloud = aloud;
  }

  private record Event(long nanos, String what) {
    @Override
    public String toString() {
      return "%,12.3f ms  %s".formatted(nanos / 1e6, what);
    }
  }

  /** Something has happened {@code nanos} after the simulation began. */
  void tell(long nanos, String what) {
    events++;
    Event event = new Event(nanos, what);
    if (aloud) {
      System.out.println(event);
      return;
    }
    if (last.size() == KEPT) {
      last.poll();
    }
    last.add(event);
  }

  /** The last events, oldest first, a line each. */
  String ending() {
    StringJoiner lines = new StringJoiner("\n");
    lines.add("the last %d of %d events:".formatted(last.size(), events));
    last.forEach(event -> lines.add(event.toString()));
    return lines.toString();
  }

  /** A message by its type, and what is short to say of it; those that carry others name them. */
  static String of(Object message) {
    StringJoiner words = new StringJoiner(" ");
    words.add(message.getClass().getSimpleName());
    if (message instanceof Record) {
      for (RecordComponent component : message.getClass().getRecordComponents()) {
        if (TELLING.contains(component.getName())) {
          words.add(word(value(message, component)));
        }
      }
    }
    return words.toString();
  }

  private static String word(Object value) {
    boolean carried =
        value instanceof Record
            && value.getClass().getRecordComponents().length > 0
            && !isId(value);
    return carried ? of(value) : String.valueOf(value);
  }

  /** Identifiers are records that print themselves. */
  private static boolean isId(Object value) {
    return value.getClass().getSimpleName().endsWith("Id");
  }

  private static Object value(Object message, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(message);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("component " + component + " cannot be read", e);
    }
  }
}
