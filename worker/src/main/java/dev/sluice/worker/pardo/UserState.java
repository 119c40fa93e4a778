package dev.sluice.worker.pardo;

import dev.sluice.state.keyed.KeyedState;
import java.util.Map;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.state.ReadableState;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateSpec;
import org.apache.beam.sdk.transforms.reflect.DoFnSignature.StateDeclaration;

/**
 * The state cells that a DoFn declares, in the namespace of the current window.
 *
 * <p>Owned by one operator; keeps no state itself. Ids are compared by identity first: the invoker
 * asks with the same string each time.
 */
final class UserState {
  private final KeyedState<Object> state;
  private final String[] ids;
  private final StateTag<?>[] tags;
  private final StateCheck check;
  private StateNamespace namespace;

  /**
   * @param check is shown every cell that is handed out; null if nobody asked for it
   */
  UserState(ParDoSpec spec, KeyedState<Object> state, StateCheck check) {
    this.state = state;
    this.check = check;
    Map<String, StateDeclaration> declared = spec.signature().stateDeclarations();
    ids = declared.keySet().toArray(new String[0]);
    tags = new StateTag<?>[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tags[i] = tag(ids[i], declared.get(ids[i]), spec);
    }
  }

  /** Names the window whose cells are asked for next. */
  void enter(StateNamespace ofWindow) {
    namespace = ofWindow;
  }

  /** The cell of {@code stateId} for the current key and window. */
  @SuppressWarnings("ReferenceEquality") // remembers the instance that was asked for
  State cell(String stateId, boolean alwaysFetched) {
    int i = indexOf(stateId);
    if (ids[i] != stateId) {
      ids[i] = stateId;
    }
    State cell = state.stateInternals().state(namespace, tags[i]);
    if (check != null) {
      cell = check.watch(stateId, cell, tags[i].getSpec());
    }
    return alwaysFetched ? (State) ((ReadableState<?>) cell).readLater() : cell;
  }

  @SuppressWarnings("ReferenceEquality") // the fast half of equals; the other half follows
  private int indexOf(String stateId) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == stateId) {
        return i;
      }
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i].equals(stateId)) {
        return i;
      }
    }
    throw new IllegalStateException("state not found: " + stateId);
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static StateTag<?> tag(String id, StateDeclaration declaration, ParDoSpec spec) {
    try {
      StateSpec<?> stateSpec = (StateSpec<?>) declaration.field().get(spec.fn());
      if (stateSpec == null) {
        throw new IllegalStateException(
            "field " + declaration.field() + " of state id " + id + " is null");
      }
      return StateTags.tagForSpec(id, (StateSpec) stateSpec);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("field " + declaration.field() + " cannot be read", e);
    }
  }
}
