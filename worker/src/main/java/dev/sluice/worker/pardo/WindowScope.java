package dev.sluice.worker.pardo;

import java.util.Collections;
import java.util.List;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;

/**
 * What the engine wants to know of a window again and again. Immutable.
 *
 * @param window the window
 * @param only the window as a collection
 * @param namespace where its state is
 * @param expiry the last moment of its allowed lateness
 * @param expiryMs the same in milliseconds
 * @param cleanUp when nothing of it is needed any more: just after every timer in it
 */
record WindowScope(
    BoundedWindow window,
    List<BoundedWindow> only,
    StateNamespace namespace,
    Instant expiry,
    long expiryMs,
    Instant cleanUp) {

  /** The last few scopes that were asked for; owned by one operator. */
  static final class Cache {
    private static final int SIZE = 8;
    private static final long GLOBAL_END_MS = GlobalWindow.INSTANCE.maxTimestamp().getMillis();

    private final Coder<BoundedWindow> windowCoder;
    private final long allowedLatenessMs;
    private final WindowScope[] recent = new WindowScope[SIZE];
    private WindowScope last;
    private int next;

    Cache(Coder<BoundedWindow> windowCoder, long allowedLatenessMs) {
      this.windowCoder = windowCoder;
      this.allowedLatenessMs = allowedLatenessMs;
    }

    WindowScope of(BoundedWindow window) {
      if (last != null && last.window == window) {
        return last;
      }
      for (WindowScope scope : recent) {
        if (scope != null && scope.window.equals(window)) {
          last = scope;
          return scope;
        }
      }
      last = make(window);
      recent[next] = last;
      next = (next + 1) % SIZE;
      return last;
    }

    private WindowScope make(BoundedWindow window) {
      long endMs = window.maxTimestamp().getMillis();
      long expiryMs =
          GLOBAL_END_MS - allowedLatenessMs < endMs ? GLOBAL_END_MS : endMs + allowedLatenessMs;
      return new WindowScope(
          window,
          Collections.singletonList(window),
          StateNamespaces.window(windowCoder, window),
          Instant.ofEpochMilli(expiryMs),
          expiryMs,
          Instant.ofEpochMilli(expiryMs + 1));
    }
  }
}
