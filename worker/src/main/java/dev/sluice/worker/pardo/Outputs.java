package dev.sluice.worker.pardo;

import dev.sluice.worker.record.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.values.TupleTag;

/**
 * Where a DoFn's outputs go, by tag.
 *
 * <p>Owned by one operator. Every declared output has a receiver; one that nobody consumes gets a
 * receiver that drops. A tag is found by the object that user code named it with the last time, so
 * the usual look-up is one comparison.
 */
final class Outputs {
  private static final Receiver DROPPED = (value, timestampMs, windows, pane) -> {};

  private final Receiver main;
  private final String[] ids;
  private final Receiver[] receivers;
  private final TupleTag<?>[] lastSeen;

  /**
   * @param mainTag id of the main output
   * @param declared ids of all outputs
   * @param consumed receivers of the outputs that somebody consumes
   */
  Outputs(String mainTag, Iterable<String> declared, Map<String, Receiver> consumed) {
    List<String> all = new ArrayList<>();
    all.add(mainTag);
    declared.forEach(
        id -> {
          if (!id.equals(mainTag)) {
            all.add(id);
          }
        });
    ids = all.toArray(new String[0]);
    receivers = new Receiver[ids.length];
    lastSeen = new TupleTag<?>[ids.length];
    for (int i = 0; i < ids.length; i++) {
      receivers[i] = consumed.getOrDefault(ids[i], DROPPED);
    }
    main = receivers[0];
  }

  /** The main output. */
  Receiver main() {
    return main;
  }

  /**
   * The receiver of {@code tag}.
   *
   * @throws IllegalArgumentException if the ParDo has no such output
   */
  @SuppressWarnings("ReferenceEquality") // the fast half of equals; the other half follows
  Receiver of(TupleTag<?> tag) {
    for (int i = 0; i < lastSeen.length; i++) {
      if (lastSeen[i] == tag) {
        return receivers[i];
      }
    }
    for (int i = 0; i < ids.length; i++) {
      if (ids[i].equals(tag.getId())) {
        lastSeen[i] = tag;
        return receivers[i];
      }
    }
    throw new IllegalArgumentException(
        "Unknown output tag " + tag + "; the ParDo declares " + String.join(", ", ids));
  }
}
