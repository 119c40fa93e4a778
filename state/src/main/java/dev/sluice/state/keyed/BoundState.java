package dev.sluice.state.keyed;

import org.apache.beam.runners.core.StateInternals;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.sdk.state.State;
import org.apache.beam.sdk.state.StateContext;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Beam's view of the state of whichever key is selected in a {@link KeyedState}.
 *
 * <p>One object for each {@link KeyedState}, used by the task's thread. Asking for a state whose
 * cell exists allocates nothing.
 */
final class BoundState implements StateInternals {
  private final KeyedState<?> owner;
  private final StateColumns columns;

  BoundState(KeyedState<?> owner, StateColumns columns) {
    this.owner = owner;
    this.columns = columns;
  }

  @Override
  public @Nullable Object getKey() {
    return owner.key();
  }

  @Override
  public <T extends State> T state(
      StateNamespace namespace, StateTag<T> address, StateContext<?> context) {
    KeyEntry entry = owner.selected();
    Namespace inNamespace = owner.namespaces().intern(namespace);
    StateColumn column = columns.of(address);
    StateCell cell = entry.findCell(inNamespace, column);
    if (cell == null) {
      cell = newCell(entry, inNamespace, column, address, context);
    } else if (cell instanceof CombiningCell) {
      ((CombiningCell<?, ?, ?>) cell).useContext(context);
    }
    if (column.expiresAfterMs != 0) {
      owner.expiry().check(cell);
    }
    @SuppressWarnings("unchecked") // the tag says which state has this id
    T state = (T) cell;
    return state;
  }

  private <T extends State> StateCell newCell(
      KeyEntry entry,
      Namespace namespace,
      StateColumn column,
      StateTag<T> address,
      StateContext<?> context) {
    CellBinder binder = new CellBinder(new StateCell.CellPlace(entry, namespace, column), context);
    StateCell cell = (StateCell) address.getSpec().bind(address.getId(), binder);
    owner.namespaces().use(namespace);
    entry.addCell(cell);
    owner.saved().decode(cell);
    return cell;
  }
}
