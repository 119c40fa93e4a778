package dev.sluice.compatibility;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The dependencies of one of the projects in {@code user-projects}, as the build wrote them.
 *
 * @param resolved the version of each artifact that the project gets
 * @param asked the versions that its dependencies ask for, those that lost included
 */
record DependencyTree(Map<String, String> resolved, Map<String, Set<String>> asked) {
  private static final Pattern LINE =
      Pattern.compile("(?:[|+\\\\ ][ -] )+(\\(?)([^: ]+):([^: ]+):([^ )]+).*");

  /** Of the project of that name. */
  static DependencyTree of(String project) throws IOException {
    Map<String, String> resolved = new TreeMap<>();
    Map<String, Set<String>> asked = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Path.of("user-projects", project, "target/tree.txt"))) {
      Matcher found = LINE.matcher(line);
      if (found.matches()) {
        // type:version:scope, or type:classifier:version:scope
        String[] rest = found.group(4).split(":", -1);
        String classifier = rest.length == 4 ? ":" + rest[1] : "";
        String artifact = found.group(2) + ":" + found.group(3) + classifier;
        String version = rest[rest.length - 2];
        asked.computeIfAbsent(artifact, any -> new LinkedHashSet<>()).add(version);
        if (found.group(1).isEmpty()) {
          resolved.put(artifact, version);
        }
      }
    }
    return new DependencyTree(resolved, asked);
  }
}
