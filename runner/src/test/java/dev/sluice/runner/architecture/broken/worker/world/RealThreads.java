package dev.sluice.runner.architecture.broken.worker.world;

/** The real world, which may look at the clock. */
public interface RealThreads {
  Thread start(Runnable body);

  static long now() {
    return System.nanoTime();
  }
}
