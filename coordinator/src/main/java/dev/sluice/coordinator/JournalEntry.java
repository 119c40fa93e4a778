package dev.sluice.coordinator;

import dev.sluice.protocol.JobId;
import dev.sluice.protocol.JobPhase;
import java.util.List;

/**
 * One decision.
 *
 * @param job which job it is about
 * @param event what happened
 * @param from where the job was
 * @param to where it is now
 * @param actions what is done about it, in this order
 */
public record JournalEntry(
    JobId job, JobEvent event, JobPhase from, JobPhase to, List<JobAction> actions) {}
