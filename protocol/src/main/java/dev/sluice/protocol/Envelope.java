package dev.sluice.protocol;

/**
 * Who sends something, and as of when: by this a receiver recognises what is out of date or meant
 * for somebody else, without looking at the content.
 *
 * @param cluster the cluster that the sender belongs to; nobody listens to another one
 * @param epoch which leadership of the coordinator it belongs to, from 1 on, greater with each
 *     leader; {@link #NO_EPOCH} from a sender that has not heard of one yet
 * @param attempt the {@link Attempt#number} of the deployment that it is about; {@link #BEFORE_ANY}
 *     if it is about none
 * @param from the address of the sender
 * @param content what is said
 */
public record Envelope(String cluster, long epoch, int attempt, String from, Content content)
    implements Message {
  /** The epoch of a sender that has not heard of a leader yet. */
  public static final long NO_EPOCH = 0;

  /** The attempt of what is said before the first deployment, or of no job. */
  public static final int BEFORE_ANY = 0;

  /** A content may hold a whole pipeline. */
  @Override
  public String toString() {
    return "%s[from %s, attempt %d]".formatted(content.getClass().getSimpleName(), from, attempt);
  }
}
