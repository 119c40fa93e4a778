package dev.sluice.coordinator;

import dev.sluice.protocol.TaskId;
import dev.sluice.protocol.WorkerEvent.CheckpointAcknowledged;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What tasks have said about one checkpoint, one after the other. Immutable: the next one shares
 * all that was said before, so that thousands of tasks may acknowledge.
 *
 * @param last what was said last; null if nothing was
 * @param before what was said before that; null if nothing was
 */
record Acknowledgements(CheckpointAcknowledged last, Acknowledgements before) {

  static Acknowledgements none() {
    return new Acknowledgements(null, null);
  }

  Acknowledgements and(CheckpointAcknowledged report) {
    return new Acknowledgements(report, this);
  }

  /** All of them, in the order of the tasks. */
  SortedMap<TaskId, CheckpointAcknowledged> byTask() {
    SortedMap<TaskId, CheckpointAcknowledged> all = new TreeMap<>();
    for (Acknowledgements said = this; said.last != null; said = said.before) {
      all.put(said.last.task(), said.last);
    }
    return Collections.unmodifiableSortedMap(all);
  }
}
