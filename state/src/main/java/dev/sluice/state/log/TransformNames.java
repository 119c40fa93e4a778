package dev.sluice.state.log;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What transforms of a saved pipeline are called in the pipeline that takes over their state.
 * Immutable.
 *
 * <p>A name stands for the transform and for all that it consists of; where several fit, the
 * longest decides.
 *
 * @param newByOld new names by old ones; what is not there is called as before
 */
public record TransformNames(SortedMap<String, String> newByOld) {
  /** Everything is called as before. */
  public static final TransformNames SAME = new TransformNames(Map.of());

  /** What transforms are called now. */
  public TransformNames(Map<String, String> newByOld) {
    this(Collections.unmodifiableSortedMap(new TreeMap<>(newByOld)));
  }

  /** Says whether nothing is named. */
  public boolean isSame() {
    return newByOld.isEmpty();
  }

  /** Says whether the new name of a transform was given by hand, be it the old one. */
  public boolean names(String old) {
    return longest(old) >= 0;
  }

  /** Returns what a transform, or a collection of one, is called now. */
  public String of(String old) {
    int length = longest(old);
    return length < 0 ? old : newByOld.get(old.substring(0, length)) + old.substring(length);
  }

  /** Says whether a transform or a collection is {@code whole}, or belongs to it. */
  public static boolean isPartOf(String name, String whole) {
    return name.startsWith(whole) && isWhole(name, whole.length());
  }

  private static boolean isWhole(String name, int end) {
    return end == name.length() || name.charAt(end) == '/' || name.charAt(end) == '.';
  }

  /** Returns how long the longest beginning is that is named; -1 if none is. */
  private int longest(String old) {
    for (int end = old.length(); end > 0; end--) {
      if (isWhole(old, end) && newByOld.containsKey(old.substring(0, end))) {
        return end;
      }
    }
    return -1;
  }
}
