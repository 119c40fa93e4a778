package dev.sluice.worker.world;

import dev.sluice.protocol.world.Clock;

/** The machine's own time. Stateless; any thread. */
public final class SystemClock implements Clock {
  @Override
  public long nowMs() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
