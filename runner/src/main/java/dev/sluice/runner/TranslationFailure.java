package dev.sluice.runner;

import java.io.NotSerializableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.beam.sdk.coders.CannotProvideCoderException;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.runners.AppliedPTransform;
import org.apache.beam.sdk.transforms.display.DisplayData;
import org.apache.beam.sdk.values.PCollection;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Says in words why a transform has no portable form: what really failed, in which part of the
 * transform, and what to do. Pure functions of the transform and of what was thrown.
 */
final class TranslationFailure {
  private static final int LONGEST = 600;

  private TranslationFailure() {}

  static String describe(String name, AppliedPTransform<?, ?, ?> transform, Throwable failure) {
    List<Throwable> chain = chainOf(failure);
    Throwable root = chain.get(chain.size() - 1);
    if (isFromDisplayData(chain)) {
      return "transform '%s' failed in populateDisplayData: %s. Display data is asked for when the pipeline is submitted, so that it may not need what is only there at run time."
          .formatted(name, thrown(root));
    }
    if (chain.stream().anyMatch(CannotProvideCoderException.class::isInstance)
        || says(chain, "Unable to return a default Coder")) {
      return "transform '%s' has an output without a coder: call setCoder(...) on it, or register a coder for its type. %s"
          .formatted(name, shortened(String.valueOf(failure.getMessage())));
    }
    for (Throwable cause : chain) {
      if (cause instanceof NotSerializableException refused) {
        return notSerializable(name, transform, refused.getMessage());
      }
    }
    if (root instanceof StackOverflowError) {
      return "transform '%s' cannot be serialized: it refers to more objects, one through the other, than the stack of the calling thread holds. Make that chain shorter, or give threads a larger stack by the JVM's option -Xss, such as -Xss16m."
          .formatted(name);
    }
    return "transform '%s' could not be made portable: %s".formatted(name, thrown(root));
  }

  private static List<Throwable> chainOf(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable t = failure; t != null && !chain.contains(t); t = t.getCause()) {
      chain.add(t);
    }
    return chain;
  }

  /** Beam's exception around what user code threw there is not public. */
  private static boolean isFromDisplayData(List<Throwable> chain) {
    return chain.stream()
        .anyMatch(t -> t.getClass().getName().startsWith(DisplayData.class.getName() + "$"));
  }

  private static boolean says(List<Throwable> chain, String text) {
    return chain.stream().anyMatch(t -> t.getMessage() != null && t.getMessage().contains(text));
  }

  private static String notSerializable(
      String name, AppliedPTransform<?, ?, ?> transform, @Nullable String className) {
    String refused = String.valueOf(className);
    String where = "";
    for (Map.Entry<String, Object> part : partsOf(transform).entrySet()) {
      Optional<String> path = UnserializableField.path(part.getValue(), refused);
      if (path.isPresent()) {
        where = part.getKey() + path.get();
        break;
      }
    }
    return "transform '%s' cannot be serialized: %s a %s, which is not Serializable. Make that field transient and fill it in @Setup, make the class Serializable, or keep it out (an anonymous or inner class takes its outer object along; a static nested one does not)."
        .formatted(name, where.isEmpty() ? "it refers to" : where + " is", refused);
  }

  /** What is serialized of a transform, by the beginning of the path that leads into it. */
  private static Map<String, Object> partsOf(AppliedPTransform<?, ?, ?> transform) {
    Map<String, Object> parts = new LinkedHashMap<>();
    parts.put("its field ", transform.getTransform());
    transform
        .getOutputs()
        .forEach(
            (tag, output) -> {
              String ofOutput = " of its output '%s', ".formatted(tag.getId());
              parts.put("in the windowing" + ofOutput, output.getWindowingStrategy());
              coderOf(output).ifPresent(coder -> parts.put("in the coder" + ofOutput, coder));
            });
    return parts;
  }

  private static Optional<Coder<?>> coderOf(PCollection<?> collection) {
    try {
      return Optional.of(collection.getCoder());
    } catch (IllegalStateException noneYet) {
      return Optional.empty();
    }
  }

  private static String thrown(Throwable root) {
    StackTraceElement[] frames = root.getStackTrace();
    String at = frames.length == 0 ? "" : ", thrown at " + frames[0];
    return shortened(root.toString()) + at;
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
