package dev.sluice.state;

import dev.sluice.state.page.SpillArea;
import dev.sluice.state.store.SortedMapStore;
import dev.sluice.state.store.StateStore;
import dev.sluice.state.store.TaskQuota;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Where a task's state may be: pages of lists and bags in an area that spills to files, keys on the
 * heap within a quota, and in a store if that is used up.
 *
 * <p>Handed to the {@link TaskState}, which closes the quota and the store; the area belongs to
 * whoever made it.
 *
 * @param spill where pages are, shared with the job's other tasks
 * @param quota the bytes that keys may take on the heap; null if all of them stay there
 * @param store where other keys go, and the elements of large collections that were saved; empty
 */
public record StateSpace(SpillArea spill, @Nullable TaskQuota quota, StateStore store) {

  /** All keys on the heap, however many there are. */
  public static StateSpace onHeap(SpillArea spill) {
    return new StateSpace(spill, null, new SortedMapStore());
  }
}
