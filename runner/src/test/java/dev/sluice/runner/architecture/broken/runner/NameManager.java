package dev.sluice.runner.architecture.broken.runner;

/** A name that says nothing, and a static field that changes. */
final class NameManager {
  static int calls;

  private NameManager() {}
}
