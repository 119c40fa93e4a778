package dev.sluice.runner.architecture.broken.state;

import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Leaves to chance all that can be. */
final class Dice {
  private Dice() {}

  static List<Object> everyRandom() {
    return List.of(
        Math.random(),
        new Random(),
        new SplittableRandom(),
        ThreadLocalRandom.current(),
        new SecureRandom(),
        UUID.randomUUID());
  }

  static List<Object> everyOrder(Map<String, String> map, Set<String> set) {
    return List.of(
        System.identityHashCode(map),
        Map.copyOf(map),
        Set.copyOf(set),
        Stream.of("a").collect(Collectors.toUnmodifiableSet()));
  }
}
