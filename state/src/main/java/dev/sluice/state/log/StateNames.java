package dev.sluice.state.log;

import java.util.SortedMap;
import java.util.TreeMap;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The names of the transforms and states of a job that stand in keys by their hashes; segments
 * carry them, so that a person and a later version can tell what is in a file.
 *
 * <p>Shared by the tasks of a job on one worker, or of one task alone; any thread may call it, and
 * does so rarely. What is always true: no two names of one sort have one hash.
 */
public final class StateNames {
  private final SortedMap<Integer, String> transforms = new TreeMap<>();
  private final SortedMap<Integer, String> states = new TreeMap<>();

  /**
   * Makes a transform's full name known.
   *
   * @return its hash
   * @throws NameClashException if another transform has this hash
   */
  public int transform(String name) {
    return add(transforms, "transforms", name);
  }

  /**
   * Makes a state's id known.
   *
   * @return its hash
   * @throws NameClashException if another state has this hash
   */
  public int state(String id) {
    return add(states, "states", id);
  }

  /** Returns the names of the transforms by their hashes, as they are now. */
  public synchronized SortedMap<Integer, String> transforms() {
    return new TreeMap<>(transforms);
  }

  /** Returns the ids of the states by their hashes, as they are now. */
  public synchronized SortedMap<Integer, String> states() {
    return new TreeMap<>(states);
  }

  /** Makes known what others know. */
  void addAll(StateNames others) {
    others.transforms().values().forEach(this::transform);
    others.states().values().forEach(this::state);
  }

  private synchronized int add(SortedMap<Integer, String> names, String sort, String name) {
    int hash = EntryKey.nameHash(name);
    @Nullable String other = names.putIfAbsent(hash, name);
    if (other != null && !other.equals(name)) {
      throw new NameClashException(
          String.format(
              "the %s '%s' and '%s' cannot be told apart in checkpoints (both have the hash %08x):"
                  + " give one of them another name",
              sort, other, name, hash));
    }
    return hash;
  }
}
