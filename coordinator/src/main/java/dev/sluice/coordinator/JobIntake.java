package dev.sluice.coordinator;

import dev.sluice.protocol.Submission;
import dev.sluice.protocol.TranslatedPrograms;
import dev.sluice.translation.JobGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes jobs in whose checkpoints are files. Stateless but for what it was handed; any thread. */
public final class JobIntake implements Intake {
  private final TranslatedPrograms programs;
  private final JobOrigin.Places places;

  /**
   * An intake.
   *
   * @param programs translates what is submitted
   * @param places where checkpoints and savepoints are
   */
  public JobIntake(TranslatedPrograms programs, JobOrigin.Places places) {
    this.programs = programs;
    this.places = places;
  }

  @Override
  public Taken take(Submission submission) {
    JobGraph graph = programs.graph(submission.program());
    List<String> beginnings = new ArrayList<>();
    Optional<Durability> durability =
        JobOrigin.of(submission, graph.streaming(), places, beginnings::add);
    return new Taken(JobSpec.of(submission, graph, durability), beginnings);
  }
}
