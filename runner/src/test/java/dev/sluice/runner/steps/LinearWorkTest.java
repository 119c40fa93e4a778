package dev.sluice.runner.steps;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four times the transforms are four times the work, from the translation to the last checkpoint:
 * in steps of the engine and in bytes that are allocated, which shows the copies too. Time is not
 * looked at.
 */
class LinearWorkTest {
  private static final int FEW = 300;
  private static final int TIMES = 4;

  /** Sorting takes a little more than four times; something quadratic soon takes sixteen. */
  private static final double MOST = 5.5;

  @ParameterizedTest
  @EnumSource(Growing.class)
  void fourTimesTheTransformsAreFourTimesTheWork(Growing shape) throws Exception {
    List<String> counted = inAnotherJvm(shape);

    long[] few = numbers(counted.get(0));
    long[] many = numbers(counted.get(1));
    assertThat((double) many[0] / few[0]).as("steps, %s", counted).isBetween(2.0, MOST);
    assertThat((double) many[1] / few[1]).as("allocated bytes, %s", counted).isLessThan(MOST);
  }

  private static long[] numbers(String line) {
    return Arrays.stream(line.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  /** In one of its own Beam has not yet looked for options with another class loader. */
  private static List<String> inAnotherJvm(Growing shape) throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                LinearWorkTest.class.getName(),
                shape.name())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String counted = new String(other.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(other.waitFor(1, TimeUnit.MINUTES)).isTrue();
    assertThat(other.exitValue()).isZero();
    return counted.lines().toList();
  }

  /** Counts the work for a shape in both sizes. */
  @SuppressWarnings("unchecked")
  public static void main(String[] args) throws Exception {
    ClassLoader loader = new CountingLoader(LinearWorkTest.class);
    Thread.currentThread().setContextClassLoader(loader);
    BiFunction<String, Integer, long[]> road =
        (BiFunction<String, Integer, long[]>)
            loader.loadClass(WholeRoad.class.getName()).getDeclaredConstructor().newInstance();
    // What is done once in a JVM is done.
    assertThat(road.apply(args[0], FEW / 10)).hasSize(2);
    for (int maps : new int[] {FEW, TIMES * FEW}) {
      long[] counted = road.apply(args[0], maps);
      System.out.println(counted[0] + " " + counted[1]);
    }
  }
}
