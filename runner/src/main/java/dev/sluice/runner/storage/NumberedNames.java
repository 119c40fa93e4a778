package dev.sluice.runner.storage;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.beam.model.pipeline.v1.RunnerApi;
import org.apache.beam.model.pipeline.v1.RunnerApi.PTransform;

/**
 * The names that Beam has made by adding a number to a name that was taken: {@code Sum2} is the
 * second {@code Sum}, and becomes the third if one is applied before it. So such a name means the
 * same transform in another pipeline only if all that are named alike are what they were.
 *
 * <p>A pure function of a pipeline. What a transform is, is said by its kind, its display data, the
 * transforms that its input comes from, and what it consists of; not by its serialized code, which
 * may differ from process to process.
 */
final class NumberedNames {
  private static final int DIGEST_BYTES = 8;

  private final SortedMap<String, PTransform> byName = new TreeMap<>();
  private final Map<String, String> producers = new HashMap<>();
  private final Map<String, String> digests = new HashMap<>();

  NumberedNames(RunnerApi.Components components) {
    for (PTransform transform : components.getTransformsMap().values()) {
      byName.put(transform.getUniqueName(), transform);
    }
    // Of all transforms with an output the innermost comes last.
    for (PTransform transform : byName.values()) {
      transform
          .getOutputsMap()
          .values()
          .forEach(output -> producers.put(output, transform.getUniqueName()));
    }
  }

  /**
   * Returns a digest of the transforms that share a name but for the number; empty if no part of
   * the name was made so.
   */
  String digest(String name) {
    for (int end = name.indexOf('/'); ; end = name.indexOf('/', end + 1)) {
      String part = end < 0 ? name : name.substring(0, end);
      String base = baseOf(part);
      if (!base.isEmpty()) {
        // Many transforms may share one, and each of them is described in it.
        return digests.computeIfAbsent(base, b -> digestOf(describeAll(b)));
      }
      if (end < 0) {
        return "";
      }
    }
  }

  private static String digestOf(String text) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] digest = sha256.digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The name that was taken when this one was made; empty if it was not made so. */
  private String baseOf(String name) {
    String shortest = "";
    for (int digits = name.length(); digits > 1 && isDigit(name.charAt(digits - 1)); digits--) {
      String base = name.substring(0, digits - 1);
      String number = name.substring(digits - 1);
      // Beam counts from 2 and writes no zero first.
      boolean made = !number.startsWith("0") && !number.equals("1");
      if (made && byName.containsKey(base)) {
        shortest = base;
      }
    }
    return shortest;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private String describeAll(String base) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, PTransform> entry : byName.tailMap(base).entrySet()) {
      String name = entry.getKey();
      if (!name.startsWith(base)) {
        break;
      }
      int end = name.indexOf('/', base.length());
      String own = end < 0 ? name : name.substring(0, end);
      if (own.equals(base) || baseOf(own).equals(base)) {
        describe(entry.getValue(), text);
      }
    }
    return text.toString();
  }

  private void describe(PTransform transform, StringBuilder text) {
    text.append(transform.getUniqueName()).append(' ').append(transform.getSpec().getUrn());
    List<String> display = new ArrayList<>();
    transform.getDisplayDataList().forEach(item -> display.add(item.getPayload().toStringUtf8()));
    display.sort(null);
    text.append(display);
    TreeSet<String> inputs = new TreeSet<>();
    // Tags may be drawn at random.
    transform
        .getInputsMap()
        .values()
        .forEach(input -> inputs.add(producers.getOrDefault(input, "")));
    text.append(inputs).append('\n');
  }
}
