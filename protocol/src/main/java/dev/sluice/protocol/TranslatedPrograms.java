package dev.sluice.protocol;

import dev.sluice.translation.JobGraph;
import dev.sluice.translation.JobGraphs;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.beam.model.pipeline.v1.RunnerApi;

/**
 * What the programs of jobs become, remembered: coordinator, workers and each attempt of a job need
 * the same graph, which is made of the same pipeline by a pure function.
 *
 * <p>Any thread; shared by all that live in one process. Always true: it holds the last {@value
 * #MOST} graphs only.
 */
public final class TranslatedPrograms {
  private static final int MOST = 16;

  private record Key(RunnerApi.Pipeline pipeline, boolean streaming) {}

  private final Map<Key, JobGraph> graphs = new LinkedHashMap<>(MOST, 0.75f, true); // guarded

  /**
   * The graph of a program.
   *
   * @throws dev.sluice.translation.UnsupportedTransformException if Sluice cannot run it
   */
  public JobGraph graph(Program program) {
    Key key = new Key(program.pipeline(), program.streaming());
    synchronized (graphs) {
      JobGraph known = graphs.get(key);
      if (known != null) {
        return known;
      }
    }
    // Not under the lock: one that takes long holds nobody else up.
    JobGraph made = JobGraphs.translate(program.pipeline(), program.streaming());
    remember(program, made);
    return made;
  }

  /** Somebody has translated {@code program} already. */
  public void remember(Program program, JobGraph graph) {
    synchronized (graphs) {
      graphs.put(new Key(program.pipeline(), program.streaming()), graph);
      if (graphs.size() > MOST) {
        graphs.remove(graphs.keySet().iterator().next());
      }
    }
  }
}
