package dev.sluice.state.checkpoint;

import dev.sluice.state.checkpoint.Manifest.TransformSignature;
import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.log.TransformNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What of saved state does not fit a pipeline. Pure functions. */
public final class SignatureDifference {
  private static final String OPTION = "--transformNameMapping";

  /** What fits on a screen, with its cures. */
  private static final int MOST_SHOWN = 6;

  private SignatureDifference() {}

  /**
   * Checks that state fits.
   *
   * @param saved what it was saved for
   * @param now what is to take it over
   * @param names what the transforms of then are called now
   * @param allowDrop whether state of transforms and of ids that are gone may be left behind
   * @return the full names, of then, of the transforms whose state is left behind
   * @throws CheckpointException if it does not fit; lists each difference with its cure
   */
  public static Set<String> check(
      List<TransformSignature> saved,
      List<TransformSignature> now,
      TransformNames names,
      boolean allowDrop) {
    Map<String, TransformSignature> byName = new TreeMap<>();
    now.forEach(transform -> byName.put(transform.name(), transform));
    Map<String, String> oldByNew = new TreeMap<>();
    List<String> differences = new ArrayList<>();
    Set<String> dropped = new TreeSet<>();
    for (TransformSignature old : saved) {
      TransformSignature known = byName.get(names.of(old.name()));
      if (known == null) {
        if (allowDrop) {
          dropped.add(old.name());
        } else {
          differences.add(gone(old.name(), names));
        }
        continue;
      }
      String other = oldByNew.put(known.name(), old.name());
      if (other != null) {
        differences.add(
            "transforms '%s' and '%s' would both be '%s' now: %s names two, take one of them out"
                .formatted(other, old.name(), known.name(), OPTION));
      }
      if (!names.names(old.name()) && !old.numbered().equals(known.numbered())) {
        differences.add(doubtful(old.name()));
      }
      compare(old, known, allowDrop, differences);
    }
    names.newByOld().keySet().stream()
        .filter(old -> saved.stream().noneMatch(s -> TransformNames.isPartOf(s.name(), old)))
        .forEach(
            old ->
                differences.add(
                    "%s names '%s', of which nothing is saved: correct it, or take it out"
                        .formatted(OPTION, old)));
    if (!differences.isEmpty()) {
      boolean nothingFits = saved.stream().noneMatch(s -> byName.containsKey(names.of(s.name())));
      throw new CheckpointException(message(differences, nothingFits));
    }
    return dropped;
  }

  private static String message(List<String> differences, boolean nothingFits) {
    String what =
        nothingFits
            ? "the saved state fits nothing in this pipeline; is it of another one?"
            : "the saved state does not fit this pipeline:";
    int more = differences.size() - MOST_SHOWN;
    return what
        + "\n  - "
        + String.join("\n  - ", differences.subList(0, Math.min(MOST_SHOWN, differences.size())))
        + (more > 0 ? "\n  and " + more + " more" : "");
  }

  private static String gone(String old, TransformNames names) {
    String now = names.of(old);
    return now.equals(old)
        ? "transform '%s' is gone: give a transform of this pipeline that name again, say what it is called now by %s={\"%s\":\"NEW NAME\"}, or drop its state by --allowDropState"
            .formatted(old, OPTION, old)
        : "transform '%s' is to be '%s' now by %s, but no transform with state is called so: correct the name, or drop its state by --allowDropState"
            .formatted(old, now, OPTION);
  }

  private static String doubtful(String old) {
    return "transform '%s' may be another one now: Beam has made its name by adding a number to one that was taken, and the transforms so named are not what they were. Say which it is by %s={\"%s\":\"ITS NAME NOW\"}, be it the same, and better give it a name of its own: apply(\"NAME\", ...)"
        .formatted(old, OPTION, old);
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
