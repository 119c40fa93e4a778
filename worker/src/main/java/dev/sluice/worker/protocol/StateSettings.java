package dev.sluice.worker.protocol;

import java.io.Serializable;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a job's options say about its state.
 *
 * @param ttlMs how long user state lives after it was last written, by state id; without those that
 *     live until their window expires
 */
public record StateSettings(SortedMap<String, Long> ttlMs) implements Serializable {
  public StateSettings {
    ttlMs = Collections.unmodifiableSortedMap(new TreeMap<>(ttlMs));
  }

  /** State that lives until its window expires. */
  public static StateSettings none() {
    return new StateSettings(new TreeMap<>(Map.of()));
  }
}
