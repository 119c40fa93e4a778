package dev.sluice.state.keyed;

import org.apache.beam.runners.core.StateNamespace;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The one object that stands for a state namespace (window, or window and trigger) within a {@link
 * KeyedState}, so that namespaces are compared by identity and a window shared by a million keys is
 * kept once.
 *
 * <p>Made and forgotten by {@link Namespaces}, which counts the cells and timers that use it.
 */
final class Namespace {
  final StateNamespace value;
  final int hash;
  int uses;

  /** Its bytes, once somebody has needed them. */
  byte @Nullable [] encoded;

  Namespace(StateNamespace value, int hash) {
    this.value = value;
    this.hash = hash;
  }
}
