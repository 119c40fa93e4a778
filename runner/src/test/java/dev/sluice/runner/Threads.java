package dev.sluice.runner;

import java.util.List;

/** The threads of this JVM, for tests of what is left of a job. */
final class Threads {
  private static final List<String> ROLES =
      List.of("task:", "split:", "endpoint:", "io:", "heap-watch");

  private Threads() {}

  /** Waits for the last step of threads that are ending. */
  static void awaitNoneOfJobs() {
    while (!ofJobs().isEmpty()) {
      Thread.onSpinWait();
    }
  }

  /** The names of those that serve jobs. */
  static List<String> ofJobs() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> ROLES.stream().anyMatch(name::startsWith))
        .toList();
  }
}
