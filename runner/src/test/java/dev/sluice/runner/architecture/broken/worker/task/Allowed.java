package dev.sluice.runner.architecture.broken.worker.task;

import dev.sluice.runner.architecture.broken.worker.world.RealThreads;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/** Starts a thread behind the world's interface, draws from a seed and hands its executor in. */
final class Allowed implements RealThreads {
  @Override
  public Thread start(Runnable body) {
    return new Thread(body);
  }

  static CompletableFuture<Integer> draw(long seed, Executor executor) {
    return CompletableFuture.supplyAsync(() -> new Random(seed).nextInt(), executor);
  }
}
