package dev.sluice.state.keyed;

import java.util.Objects;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces.GlobalNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowAndTriggerNamespace;
import org.apache.beam.runners.core.StateNamespaces.WindowNamespace;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the one {@link Namespace} that stands for a Beam namespace, or makes it.
 *
 * <p>Owned by a {@link KeyedState}, therefore by the task's thread. An open-addressing table with
 * linear probing. What is always true: a namespace is in the table exactly while a cell or a timer
 * uses it, or while it is the one asked for last; two namespaces in the table are never equal.
 * Windows are compared by their coder's structural value, as Beam does; a window class without
 * {@code equals} is found by the hash of that value, never by its own.
 */
final class Namespaces {
  private static final int LEAST_CAPACITY = 8;

  private @Nullable Namespace[] table = new Namespace[LEAST_CAPACITY];
  private int size;

  /** The namespace asked for last: operators ask for the same one many times in a row. */
  private @Nullable StateNamespace lastAsked;

  private @Nullable Namespace lastFound;

  /** Returns the namespace's one object, making it if there is none. */
  Namespace intern(StateNamespace asked) {
    if (asked == lastAsked && lastFound != null) {
      return lastFound;
    }
    int hash = hashOf(asked);
    Namespace found = probe(asked, hash);
    if (found == null || found != lastFound) {
      dropUnusedLast();
    }
    if (found == null) {
      found = new Namespace(asked, hash);
      insert(found);
    }
    lastAsked = asked;
    lastFound = found;
    return found;
  }

  /** Returns the namespace's one object, or null if nothing uses it. */
  @Nullable Namespace find(StateNamespace asked) {
    return asked == lastAsked ? lastFound : probe(asked, hashOf(asked));
  }

  void use(Namespace namespace) {
    namespace.uses++;
  }

  /** Takes back one use; the last one forgets the namespace. */
  void release(Namespace namespace) {
    namespace.uses--;
    if (namespace.uses == 0 && namespace != lastFound) {
      remove(namespace);
    }
  }

  int size() {
    return size;
  }

  /** The namespace asked for last stays, used or not, until another one is asked for. */
  private void dropUnusedLast() {
    Namespace last = lastFound;
    lastAsked = null;
    lastFound = null;
    if (last != null && last.uses == 0) {
      remove(last);
    }
  }

  private @Nullable Namespace probe(StateNamespace asked, int hash) {
    int mask = table.length - 1;
    int at = hash & mask;
    Namespace candidate = table[at];
    while (candidate != null) {
      if (candidate.hash == hash && same(candidate.value, asked)) {
        return candidate;
      }
      at = (at + 1) & mask;
      candidate = table[at];
    }
    return null;
  }

  private void insert(Namespace namespace) {
    if ((size + 1) * 2 > table.length) {
      rehash(table.length * 2);
    }
    place(namespace);
    size++;
  }

  private void place(Namespace namespace) {
    int mask = table.length - 1;
    int at = namespace.hash & mask;
    while (table[at] != null) {
      at = (at + 1) & mask;
    }
    table[at] = namespace;
  }

  private void rehash(int capacity) {
    @Nullable Namespace[] old = table;
    table = new Namespace[capacity];
    for (Namespace namespace : old) {
      if (namespace != null) {
        place(namespace);
      }
    }
  }

  private void remove(Namespace namespace) {
    int mask = table.length - 1;
    int hole = namespace.hash & mask;
    while (table[hole] != namespace) {
      hole = (hole + 1) & mask;
    }
    // Close the gap: whatever was pushed past the hole moves back into it.
    int at = (hole + 1) & mask;
    Namespace next = table[at];
    while (next != null) {
      int home = next.hash & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        table[hole] = next;
        hole = at;
      }
      at = (at + 1) & mask;
      next = table[at];
    }
    table[hole] = null;
    size--;
    if (table.length > LEAST_CAPACITY && size * 8 < table.length) {
      rehash(table.length / 2);
    }
  }

  private static int hashOf(StateNamespace namespace) {
    int raw;
    if (namespace instanceof GlobalNamespace) {
      raw = 1;
    } else if (namespace instanceof WindowNamespace) {
      raw = windowHash((WindowNamespace<?>) namespace);
    } else if (namespace instanceof WindowAndTriggerNamespace) {
      WindowAndTriggerNamespace<?> inTrigger = (WindowAndTriggerNamespace<?>) namespace;
      raw = windowHash(inTrigger) + 31 * (inTrigger.getTriggerIndex() + 1);
    } else {
      raw = namespace.hashCode();
    }
    return KeyTable.spread(raw);
  }

  private static <W extends BoundedWindow> int windowHash(WindowNamespace<W> namespace) {
    return structuralHash(namespace.getWindowCoder(), namespace.getWindow());
  }

  private static <W extends BoundedWindow> int windowHash(WindowAndTriggerNamespace<W> namespace) {
    return structuralHash(namespace.getWindowCoder(), namespace.getWindow());
  }

  private static <W extends BoundedWindow> int structuralHash(Coder<W> coder, W window) {
    return Objects.hashCode(coder.structuralValue(window));
  }

  private static boolean same(StateNamespace mine, StateNamespace asked) {
    if (mine instanceof WindowNamespace
        && asked instanceof WindowNamespace
        && ((WindowNamespace<?>) mine).getWindow() == ((WindowNamespace<?>) asked).getWindow()) {
      return true;
    }
    return mine.equals(asked);
  }
}
