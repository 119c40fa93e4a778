package dev.sluice.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Walks the causes of a throwable, which users may have tied into a circle. Pure functions. */
public final class Causes {
  private Causes() {}

  /** {@code thrown} and its causes, outermost first, each once. */
  public static List<Throwable> of(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> chain = new ArrayList<>();
    for (Throwable next = thrown; next != null && seen.add(next); next = next.getCause()) {
      chain.add(next);
    }
    return chain;
  }

  /** The innermost cause of {@code thrown}, or itself. */
  public static Throwable root(Throwable thrown) {
    List<Throwable> chain = of(thrown);
    return chain.get(chain.size() - 1);
  }
}
