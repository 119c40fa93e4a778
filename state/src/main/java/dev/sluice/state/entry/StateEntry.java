package dev.sluice.state.entry;

import org.apache.beam.runners.core.StateNamespace;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * One entry of a task's state, as a barrier would save it: where it belongs, and its live objects
 * with their coders.
 *
 * @param keyGroup the group that owns the entry
 * @param column the transform and the state that the entry belongs to
 * @param namespace the window (and trigger) of the entry; null for state that has none
 * @param key the key; null for state that is not keyed
 * @param part which part of the state this is: the element's number in a bag, the key within a map,
 *     the id of a timer; null if the state has one value only
 * @param value the value; null for an element of a set, whose part says all
 */
public record StateEntry(
    int keyGroup,
    Column column,
    @Nullable StateNamespace namespace,
    @Nullable Coded<?> key,
    @Nullable Coded<?> part,
    @Nullable Coded<?> value) {

  /**
   * The name of a state of a transform.
   *
   * @param transformId the transform's full name
   * @param stateId the state's id within the transform
   */
  public record Column(String transformId, String stateId) {}
}
