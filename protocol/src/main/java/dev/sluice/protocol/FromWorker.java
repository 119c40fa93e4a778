package dev.sluice.protocol;

/**
 * How an event travels to the coordinator: with the address of the worker that tells it, because
 * the coordinator waits for each worker by name, and with the attempt it belongs to, because what a
 * worker that was given up still says of an earlier one must not be taken for news.
 *
 * @param worker the address that the worker registered with
 * @param attempt the {@link Attempt#number} of the deployment that it is about; 0 if the job was
 *     not deployed yet
 * @param event what it tells
 */
public record FromWorker(String worker, int attempt, WorkerEvent event) {
  /** The attempt that events from before the first deployment carry. */
  public static final int BEFORE_ANY = 0;
}
