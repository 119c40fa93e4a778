package dev.sluice.worker.protocol;

/**
 * How an event travels to the coordinator: with the address of the worker that tells it, because
 * the coordinator waits for each worker by name.
 *
 * @param worker the address that the worker registered with
 * @param event what it tells
 */
public record FromWorker(String worker, WorkerEvent event) {}
