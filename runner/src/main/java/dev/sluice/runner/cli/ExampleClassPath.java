package dev.sluice.runner.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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
    if (classPath.isEmpty()) {
      return own;
    }
    List<URL> urls = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      try {
        urls.add(Path.of(entry).toUri().toURL());
      } catch (MalformedURLException e) {
        throw new IllegalArgumentException(PROPERTY + ": " + entry, e);
      }
    }
    return new URLClassLoader("examples", urls.toArray(URL[]::new), own);
  }
}
