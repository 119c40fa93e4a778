package dev.sluice.runner.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Jars and folders with classes, in the order in which they are searched. Immutable. */
record ClassPath(List<Path> entries) {
  private static final Pattern SEPARATOR = Pattern.compile(Pattern.quote(File.pathSeparator));

  ClassPath {
    entries = List.copyOf(entries);
  }

  /** Reads it as it stands on a command line. */
  static ClassPath parse(String text) {
    return new ClassPath(
        SEPARATOR.splitAsStream(text).filter(entry -> !entry.isEmpty()).map(Path::of).toList());
  }

  /** A class loader that asks {@code parent} first and then looks here. */
  ClassLoader loader(String name, ClassLoader parent) {
    return new URLClassLoader(
        name, entries.stream().map(ClassPath::url).toArray(URL[]::new), parent);
  }

  @Override
  public String toString() {
    return String.join(File.pathSeparator, entries.stream().map(Path::toString).toList());
  }

  private static URL url(Path entry) {
    try {
      return entry.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("no class path entry: " + entry, e);
    }
  }
}
