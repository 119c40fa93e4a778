package dev.sluice.protocol;

/**
 * A worker is ready to be given tasks; the first thing it sends to the coordinator.
 *
 * @param worker the address at which it takes {@link WorkerCommand}s
 */
public record WorkerRegistered(String worker) implements Content {}
