package dev.sluice.worker.task;

import dev.sluice.worker.exchange.ExchangeWriter;
import dev.sluice.worker.exchange.InputGate;
import java.util.List;

/**
 * What connects a task to the others of its job.
 *
 * @param input all exchanges into it; without channels if its root is a source
 * @param outputs one for each exchange out of its stage
 */
public record TaskPorts(InputGate input, List<ExchangeWriter> outputs) {
  public TaskPorts {
    outputs = List.copyOf(outputs);
  }
}
