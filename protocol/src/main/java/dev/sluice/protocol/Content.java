package dev.sluice.protocol;

/** What coordinator, workers and clients say to each other, in an {@link Envelope}. */
public sealed interface Content
    permits WorkerRegistered, Heartbeat, WorkerCommand, WorkerEvent, ClientRequest, JobUpdate {}
