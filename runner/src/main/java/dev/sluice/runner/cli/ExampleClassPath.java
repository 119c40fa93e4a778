package dev.sluice.runner.cli;

/**
 * Where the examples and their libraries are: beside Sluice's own class path, not on it, so that a
 * user's program never meets the examples' libraries.
 *
 * <p>{@code bin/sluice} names them in the system property {@value #PROPERTY}; without it, they are
 * on the class path that this class itself is on.
 */
final class ExampleClassPath {
  private static final String PROPERTY = "sluice.examples";

  private ExampleClassPath() {}

  /** The class loader that finds the examples. */
  static ClassLoader loader() {
    ClassLoader own = ExampleClassPath.class.getClassLoader();
    String classPath = System.getProperty(PROPERTY, "");
    return classPath.isEmpty() ? own : ClassPath.parse(classPath).loader("examples", own);
  }
}
