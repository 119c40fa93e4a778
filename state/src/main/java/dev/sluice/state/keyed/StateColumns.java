package dev.sluice.state.keyed;

import dev.sluice.state.entry.StateEntry;
import java.util.HashMap;
import java.util.Map;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Finds the one {@link StateColumn} of a state tag, by the identity of the tag if it was seen
 * lately and by its id otherwise.
 *
 * <p>Owned by a {@link KeyedState}. Ids of the user and of the runner libraries are kept apart, as
 * "user/id" and "system/id". Its maps are never iterated.
 */
final class StateColumns {
  static final String USER = "user/";

  private static final int REMEMBERED = 16;

  private final KeyedState<?> owner;
  private final String transformId;
  private final Map<String, StateColumn> userColumns = new HashMap<>();
  private final Map<String, StateColumn> systemColumns = new HashMap<>();
  private final @Nullable StateTag<?>[] tags = new StateTag<?>[REMEMBERED];
  private final @Nullable StateColumn[] columns = new StateColumn[REMEMBERED];
  private int next;
  private int count;

  StateColumns(KeyedState<?> owner, String transformId) {
    this.owner = owner;
    this.transformId = transformId;
  }

  StateColumn of(StateTag<?> tag) {
    for (int i = 0; i < REMEMBERED; i++) {
      if (tags[i] == tag) {
        return columns[i];
      }
    }
    StateColumn column = byId(tag);
    tags[next] = tag;
    columns[next] = column;
    next = (next + 1) % REMEMBERED;
    return column;
  }

  private StateColumn byId(StateTag<?> tag) {
    boolean system = StateTags.isSystemTagInternal(tag);
    Map<String, StateColumn> known = system ? systemColumns : userColumns;
    StateColumn column = known.get(tag.getId());
    if (column == null) {
      String stateId = (system ? "system/" : USER) + tag.getId();
      column = new StateColumn(owner, count++, new StateEntry.Column(transformId, stateId));
      known.put(tag.getId(), column);
    }
    return column;
  }
}
