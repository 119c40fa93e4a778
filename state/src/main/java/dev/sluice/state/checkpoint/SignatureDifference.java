package dev.sluice.state.checkpoint;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What of saved state does not fit a pipeline. Pure functions. */
public final class SignatureDifference {
  private SignatureDifference() {}

  /**
   * Checks that state fits.
   *
   * @param saved what it was saved for
   * @param now what is to go on with it
   * @param allowDrop whether state of transforms and of ids that are gone may be left behind
   * @return the full names of the transforms whose state is left behind
   * @throws CheckpointException if it does not fit; lists each difference with its cure
   */
  public static Set<String> check(
      List<TransformSignature> saved, List<TransformSignature> now, boolean allowDrop) {
    Map<String, TransformSignature> byName = new TreeMap<>();
    now.forEach(transform -> byName.put(transform.name(), transform));
    List<String> differences = new ArrayList<>();
    Set<String> dropped = new TreeSet<>();
    for (TransformSignature old : saved) {
      TransformSignature known = byName.get(old.name());
      if (known != null) {
        compare(old, known, allowDrop, differences);
      } else if (allowDrop) {
        dropped.add(old.name());
      } else {
        differences.add(
            "transform '%s' is gone: give a transform of this pipeline that name again, or drop its state by --allowDropState"
                .formatted(old.name()));
      }
    }
    if (!differences.isEmpty()) {
      throw new CheckpointException(
          "the saved state does not fit this pipeline:\n  - " + String.join("\n  - ", differences));
    }
    return dropped;
  }

  private static void compare(
      TransformSignature old, TransformSignature known, boolean allowDrop, List<String> to) {
    if (!old.keyCoder().equals(known.keyCoder())) {
      to.add(
          "transform '%s' has keys encoded by %s, which were encoded by %s: set the old coder, or give the transform another name"
              .formatted(old.name(), said(known.keyCoder()), said(old.keyCoder())));
    }
    if (!old.windowing().equals(known.windowing())) {
      to.add(
          "transform '%s' is windowed by %s, and was by %s: window as before, or give the transform another name"
              .formatted(old.name(), said(known.windowing()), said(old.windowing())));
    }
    old.states()
        .forEach(
            (id, coder) -> {
              String coderNow = known.states().get(id);
              if (coderNow == null && !allowDrop) {
                to.add(
                    "transform '%s' has no state '%s' any more: declare it again, or drop it by --allowDropState"
                        .formatted(old.name(), id));
              } else if (coderNow != null && !coderNow.equals(coder)) {
                to.add(
                    "state '%s' of transform '%s' is encoded by %s, and was by %s: set the old coder, or give the state another id"
                        .formatted(id, old.name(), coderNow, coder));
              }
            });
  }

  private static String said(String what) {
    return what.isEmpty() ? "nothing" : what;
  }
}
