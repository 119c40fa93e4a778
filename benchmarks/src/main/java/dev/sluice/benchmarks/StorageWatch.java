package dev.sluice.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Remembers how large each file of a job's checkpoints was, since files that no checkpoint needs
 * any more go away. Owned by the main thread, which looks often enough to see each of them.
 */
final class StorageWatch {
  private static final Pattern SEGMENT = Pattern.compile("e(\\d+)\\.seg");
  private static final Pattern MERGED = Pattern.compile("[bm](\\d+)\\.(base|seg)");

  private final Path folder;
  private final Map<String, Long> sizes = new TreeMap<>();
  private final Map<String, Long> mergedSizes = new TreeMap<>();

  StorageWatch(Path folder) {
    this.folder = folder;
  }

  /** Looks at every file that is there now. */
  void look() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path path : found.toList()) {
        String name = path.getFileName().toString();
        Map<String, Long> into =
            SEGMENT.matcher(name).matches()
                ? sizes
                : MERGED.matcher(name).matches() ? mergedSizes : null;
        if (into != null) {
          into.merge(folder.relativize(path).toString(), path.toFile().length(), Math::max);
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // A file that went away while the walk was under way is looked for no longer; the next look
      // sees the others.
      return;
    }
  }

  /** Returns the bytes of the segments of each epoch, all tasks together. */
  Map<Long, Long> bytesByEpoch() {
    Map<Long, Long> bytes = new TreeMap<>();
    sizes.forEach(
        (path, size) -> {
          Matcher name = SEGMENT.matcher(Path.of(path).getFileName().toString());
          if (name.matches()) {
            bytes.merge(Long.parseLong(name.group(1)), size, Long::sum);
          }
        });
    return bytes;
  }

  /** Returns the bytes of all files that were ever merged from others. */
  long mergedBytes() {
    return mergedSizes.values().stream().mapToLong(Long::longValue).sum();
  }

  int merged() {
    return mergedSizes.size();
  }
}
