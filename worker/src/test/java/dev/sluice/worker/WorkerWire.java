package dev.sluice.worker;

import dev.sluice.protocol.FromWorker;
import dev.sluice.protocol.world.Network;
import java.util.function.Consumer;

/**
 * What a worker that a test drives sends to: itself, and the coordinator, which the test plays.
 *
 * @param toWorker takes what the worker is to be given
 * @param toCoordinator takes what the worker tells
 * @param toWorkerLater takes what the worker is to be given after a while
 */
record WorkerWire(
    Consumer<Object> toWorker, Consumer<FromWorker> toCoordinator, Consumer<Object> toWorkerLater)
    implements Network {
  static final String COORDINATOR = "coordinator";

  @Override
  public void register(String address, Endpoint endpoint) {}

  @Override
  public void unregister(String address) {}

  @Override
  public void send(String to, Object message) {
    if (!to.equals(COORDINATOR)) {
      toWorker.accept(message);
    } else if (message instanceof FromWorker from) {
      toCoordinator.accept(from);
    }
  }

  @Override
  public void sendLater(String to, Object message, long delayMs) {
    toWorkerLater.accept(message);
  }
}
