package dev.sluice.state.keyed;

import dev.sluice.state.entry.Coded;
import dev.sluice.state.entry.EntryVisitor;
import dev.sluice.state.entry.StateEntry;
import java.util.Locale;
import org.apache.beam.runners.core.TimerInternals.TimerData;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.values.KV;

/**
 * Shows the entries of one transform's keys to a visitor: each part of each live cell, each timer.
 *
 * <p>Made for one walk by the task's thread.
 */
final class EntryWalk {
  private static final KvCoder<String, String> TIMER_NAME_CODER =
      KvCoder.of(StringUtf8Coder.of(), StringUtf8Coder.of());

  private final String transformId;
  private final Coder<?> keyCoder;
  private final Coder<TimerData> timerCoder;
  private final EntryVisitor visitor;

  EntryWalk(
      String transformId, Coder<?> keyCoder, Coder<TimerData> timerCoder, EntryVisitor visitor) {
    this.transformId = transformId;
    this.keyCoder = keyCoder;
    this.timerCoder = timerCoder;
    this.visitor = visitor;
  }

  void show(int group, KeyEntry entry) {
    Coded<?> key = coded(entry.key, keyCoder);
    for (int i = 0; i < entry.cellCount(); i++) {
      StateCell cell = entry.cellAt(i);
      if (cell.live) {
        cell.forEachPart(
            (part, value) ->
                visitor.visit(
                    new StateEntry(
                        group, cell.column.name, cell.namespace.value, key, part, value)));
      }
    }
    for (int i = 0; i < entry.timerCount(); i++) {
      TimerNode timer = entry.timerAt(i);
      TimerData data = timer.data;
      String stateId = "timer/" + data.getDomain().name().toLowerCase(Locale.ROOT);
      visitor.visit(
          new StateEntry(
              group,
              new StateEntry.Column(transformId, stateId),
              timer.namespace.value,
              key,
              new Coded<>(KV.of(data.getTimerFamilyId(), data.getTimerId()), TIMER_NAME_CODER),
              new Coded<>(data, timerCoder)));
    }
  }

  @SuppressWarnings("unchecked") // an entry's key is of its transform's type of keys
  private static <T> Coded<T> coded(Object key, Coder<T> coder) {
    return new Coded<>((T) key, coder);
  }
}
