package dev.sluice.worker.stage;

import java.util.ArrayList;
import java.util.List;

/**
 * Which transform of a task is at work, for whoever has to name the one that used up the heap.
 *
 * <p>Transforms are added while the task is built; then its thread writes a plain field, which
 * costs the data path next to nothing, and any thread may read it: what it sees may be a moment
 * old.
 */
public final class AtWork {
  private static final int NOBODY = -1;

  private final List<String> transforms = new ArrayList<>();
  private int current = NOBODY;

  /** Adds a transform; returns how it is named when something goes wrong in it. */
  Blame add(String transform) {
    transforms.add(transform);
    return new Blame(this, transforms.size() - 1, transform);
  }

  void begin(int transform) {
    current = transform;
  }

  /** The full name of the transform, or the empty string if none has been at work yet. */
  public String transform() {
    int seen = current;
    return seen == NOBODY ? "" : transforms.get(seen);
  }
}
