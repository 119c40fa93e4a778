package dev.sluice.validatesrunner;

import java.util.Collections;
import java.util.Set;

/**
 * The hardest thing that a test needs of a runner, derived from its categories. Each test has
 * exactly one; the order is from the most special to the plain, and the first that fits wins.
 */
enum Need {
  EXPANSION_SERVICE("an expansion service"),
  OWN_JVM("a specially started JVM"),
  SPLITTABLE_DO_FN("splittable DoFns"),
  STATE_AND_TIMERS("user state and timers"),
  NOTHING_SPECIAL("nothing beyond the model's core");

  private final String words;

  Need(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  static Need of(Set<String> categories) {
    if (categories.contains("UsesExternalService")) {
      return EXPANSION_SERVICE;
    }
    if (categories.contains("UsesSdkHarnessEnvironment")) {
      return OWN_JVM;
    }
    if (anyOf(categories, "UsesBoundedSplittableParDo", "UsesUnboundedSplittableParDo")) {
      return SPLITTABLE_DO_FN;
    }
    if (anyOf(
        categories,
        "UsesStatefulParDo",
        "UsesTimersInParDo",
        "UsesOnWindowExpiration",
        "UsesOrderedListState")) {
      return STATE_AND_TIMERS;
    }
    return NOTHING_SPECIAL;
  }

  private static boolean anyOf(Set<String> categories, String... names) {
    return !Collections.disjoint(categories, Set.of(names));
  }
}
