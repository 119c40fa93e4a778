package dev.sluice.protocol;

/**
 * A savepoint that a client waits for.
 *
 * @param request the number that the answer carries
 * @param location where it is to be
 * @param then what the job does behind it
 */
public record SavepointRequest(long request, StorageLocation location, Then then) {

  /** What a job does once it has a savepoint. */
  public enum Then {
    /** It continues as if nothing had happened. */
    GO_ON,
    /**
     * It does nothing more, and ends {@link JobPhase#CANCELLED}: started again under its name, it
     * resumes from there.
     */
    STOP,
    /** Before it, the sources stop and everything ends; the job is then DONE. */
    DRAIN
  }
}
