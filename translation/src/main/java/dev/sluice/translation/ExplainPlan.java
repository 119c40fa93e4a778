package dev.sluice.translation;

/**
 * Shows a {@link JobGraph} to a person; pure functions.
 *
 * <p>The same graph gives the same characters, which is what the golden-file tests hold on to.
 */
public final class ExplainPlan {
  private ExplainPlan() {}

  /**
   * The graph as lines for a terminal: each stage with its transforms as a tree, and where each
   * exchange leads.
   */
  public static String text(JobGraph graph) {
    return new PlanText(graph).render();
  }

  /** The graph as a Mermaid flowchart: a box for each stage, an arrow for each exchange. */
  public static String mermaid(JobGraph graph) {
    return new PlanMermaid(graph).render();
  }
}
