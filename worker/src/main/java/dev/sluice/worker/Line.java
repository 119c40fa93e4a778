package dev.sluice.worker;

import dev.sluice.protocol.Content;
import dev.sluice.protocol.Envelope;
import dev.sluice.protocol.world.Network;

/**
 * The line from a worker to the coordinator that leads the cluster, and to its own loop. Immutable;
 * any thread.
 *
 * @param epoch the leadership of the coordinator that is talked to; {@link Envelope#NO_EPOCH} if
 *     the worker has not heard of one yet
 */
record Line(Network network, Membership membership, long epoch) {

  /** The same to a later leader. */
  Line in(long laterEpoch) {
    return new Line(network, membership, laterEpoch);
  }

  /** Tells the coordinator something of an attempt. */
  void tell(int attempt, Content content) {
    network.send(
        membership.coordinator(),
        new Envelope(membership.cluster(), epoch, attempt, membership.worker(), content));
  }

  /** Hands a note over to the worker's loop. */
  void post(Object note) {
    network.post(membership.worker(), note);
  }

  /** The same, after {@code delayMs} milliseconds. */
  void postLater(Object note, long delayMs) {
    network.postLater(membership.worker(), note, delayMs);
  }
}
