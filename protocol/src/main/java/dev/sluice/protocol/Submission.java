package dev.sluice.protocol;

/**
 * A job as its client submits it.
 *
 * @param id unique among the jobs of the cluster
 * @param name the name under which its checkpoints are kept
 * @param program what is to run
 * @param settings what the coordinator needs of the options
 * @param client the address that is notified of how the job goes
 * @param origin what it begins with, and where its checkpoints go
 */
public record Submission(
    JobId id,
    String name,
    Program program,
    JobSettings settings,
    String client,
    WantedOrigin origin) {}
