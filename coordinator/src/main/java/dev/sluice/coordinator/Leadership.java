package dev.sluice.coordinator;

import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.WorkerEvent;

/**
 * What a coordinator is: of which cluster, and since which election. Immutable.
 *
 * @param cluster the name of the cluster
 * @param epoch greater than that of every leader before, at least 1
 * @param address where it takes messages
 */
public record Leadership(String cluster, long epoch, String address) {

  /** What it says of an attempt of a job. */
  Envelope say(int attempt, Content content) {
    return new Envelope(cluster, epoch, attempt, address, content);
  }

  /** Whether a message is for it: reports about the commands of another leader are not. */
  boolean isMeantBy(Envelope envelope) {
    return envelope.cluster().equals(cluster)
        && (!(envelope.content() instanceof WorkerEvent) || envelope.epoch() == epoch);
  }
}
