package dev.sluice.coordinator;

/**
 * Where decisions are written down before they are acted on.
 *
 * <p>Called by the coordinator's loop only; when {@link #append} returns, the entry is safe.
 */
@FunctionalInterface
public interface Journal {
  /** Writes {@code entry} behind those before it. */
  void append(JournalEntry entry);
}
