package dev.sluice.protocol;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.log.TransformNames;
import java.util.List;
import java.util.Optional;

/**
 * What a client wants its job to begin with, and where its checkpoints are to go.
 *
 * @param storage where checkpoints are kept; empty if they only last as long as the cluster
 * @param savepoint what to begin with; empty if it is the newest checkpoint, if there is one
 * @param fresh whether to begin at the beginning although there is a checkpoint
 * @param allowDropState whether state that fits nothing may be left behind
 * @param names what transforms are called now that have other names in what the job begins with
 * @param signature what the state of the pipeline belongs to; made by the client, since coders have
 *     to be opened for it
 */
public record WantedOrigin(
    Optional<StorageLocation> storage,
    Optional<StorageLocation> savepoint,
    boolean fresh,
    boolean allowDropState,
    TransformNames names,
    List<TransformSignature> signature) {
  public WantedOrigin {
    signature = List.copyOf(signature);
  }

  /** Nothing: the job begins at the beginning. */
  public static WantedOrigin none() {
    return new WantedOrigin(
        Optional.empty(), Optional.empty(), false, false, TransformNames.SAME, List.of());
  }
}
