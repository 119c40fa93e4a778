package dev.sluice.runner.architecture.broken.coordinator;

/** Prints. */
final class Printer {
  private Printer() {}

  static void print() {
    System.out.println("printed");
  }
}
