package dev.sluice.worker.exchange;

import dev.sluice.protocol.Barrier;
import dev.sluice.translation.Exchange;
import dev.sluice.worker.record.Batch;
import java.util.ArrayList;
import java.util.List;

/** Writes down what an {@link InputGate} hands out, one line per record and barrier. */
final class Taken implements InputGate.Consumer {
  final List<String> lines = new ArrayList<>();

  static Exchange exchange(String id, Exchange.Kind kind) {
    return new Exchange(id, "producer", "made", "consumer", "read", kind, "coder");
  }

  /** Takes until the gate has nothing to give. */
  Taken all(InputGate gate) {
    while (gate.take(this) >= 0) {
      // the lines are what counts
    }
    return this;
  }

  @Override
  public void batch(Exchange exchange, Batch batch) {
    add("", batch);
  }

  @Override
  public void sideBatch(Exchange exchange, Batch batch) {
    add("side ", batch);
  }

  private void add(String prefix, Batch batch) {
    for (int i = 0; i < batch.size(); i++) {
      lines.add(prefix + (batch.accumulated() ? "acc " : "") + batch.value(i));
    }
  }

  @Override
  public void barrier(long checkpoint, Barrier barrier) {
    lines.add("barrier " + checkpoint);
  }
}
