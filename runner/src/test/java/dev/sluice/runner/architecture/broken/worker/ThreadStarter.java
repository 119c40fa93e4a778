package dev.sluice.runner.architecture.broken.worker;

import java.util.List;
import java.util.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Starts threads in every way that is forbidden. */
final class ThreadStarter {
  private ThreadStarter() {}

  static List<Object> everyThread() {
    return List.of(
        new Thread(),
        Executors.newCachedThreadPool(),
        ForkJoinPool.commonPool(),
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()),
        new Timer(),
        CompletableFuture.supplyAsync(() -> 1),
        List.of(1).parallelStream(),
        List.of(1).stream().parallel());
  }
}
