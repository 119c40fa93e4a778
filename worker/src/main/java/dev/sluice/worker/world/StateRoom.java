package dev.sluice.worker.world;

import dev.sluice.state.store.HeapGauge;
import dev.sluice.state.store.SortedMapStore;
import dev.sluice.state.store.StateMemory;
import dev.sluice.state.store.StateStore;

/**
 * The room that the state of all tasks of a worker shares; closed by whoever made it, when no task
 * is left.
 *
 * @param memory how much of it may be on the heap
 * @param stores where the rest goes
 */
public record StateRoom(StateMemory memory, StateStore.Factory stores) {

  /**
   * Room on the heap alone, with a fixed number of bytes for live objects: for tests and
   * simulations.
   */
  public static StateRoom inMemory(long bytes) {
    return new StateRoom(new StateMemory(bytes, HeapGauge.NONE), SortedMapStore.factory());
  }
}
