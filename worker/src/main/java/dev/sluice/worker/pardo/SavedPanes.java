package dev.sluice.worker.pardo;

import dev.sluice.state.PartLog;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.EntryKey;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.IterableCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.values.KV;

/**
 * Which panes of one side input are in the checkpoints, for all tasks that read it.
 *
 * <p>Owned by the {@link SideInputPanes} of the one task that saves them. Knows of a pane only that
 * it is saved, not what is in it: other tasks may be far behind this one, which no longer holds it.
 * Always true: no pane is deleted that any of the tasks needed when it passed its last barrier.
 */
final class SavedPanes {
  private final Map<BoundedWindow, Long> indexes = new LinkedHashMap<>();
  private final Coder<? extends BoundedWindow> windowCoder;
  private final Coder<KV<Long, Iterable<Object>>> coder;
  private PartLog log;
  private long deletedBeforeMs = BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis();

  SavedPanes(Coder<? extends BoundedWindow> windowCoder, Coder<Object> elementCoder) {
    this.windowCoder = windowCoder;
    this.coder = KvCoder.of(VarLongCoder.of(), IterableCoder.of(elementCoder));
  }

  /** Encodes a pane: its index and its elements. */
  Coder<KV<Long, Iterable<Object>>> coder() {
    return coder;
  }

  void logTo(PartLog partLog) {
    log = partLog;
  }

  /** A pane has come, to this task and sooner or later to all others. */
  void save(BoundedWindow window, long index, Iterable<Object> elements) {
    if (!log.isOn() || window.maxTimestamp().getMillis() < deletedBeforeMs) {
      return;
    }
    Long saved = indexes.get(window);
    if (saved == null || saved <= index) {
      indexes.put(window, index);
      Bytes value = log.value();
      log.encode(value, KV.of(index, elements), coder);
      log.open().put(keyOf(window), value);
    }
  }

  /** A pane that was saved has come back. */
  void restored(BoundedWindow window, long index) {
    indexes.put(window, index);
  }

  /** No task needs a window any more that ends before {@code boundMs}, or will after a restore. */
  void deleteBefore(long boundMs) {
    if (boundMs <= deletedBeforeMs) {
      return;
    }
    deletedBeforeMs = boundMs;
    indexes.keySet().removeIf(this::isDeleted);
  }

  private boolean isDeleted(BoundedWindow window) {
    boolean deleted = window.maxTimestamp().getMillis() < deletedBeforeMs;
    if (deleted && log.isOn()) {
      log.open().delete(keyOf(window));
    }
    return deleted;
  }

  private Bytes keyOf(BoundedWindow window) {
    return log.key(
        EntryKey.Kind.SIDE, SideInputs.KEY_GROUP, PartLog.namespace(windowCoder, window));
  }
}
