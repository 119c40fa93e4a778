package dev.sluice.runner.storage;

import dev.sluice.state.checkpoint.CheckpointException;
import dev.sluice.state.checkpoint.CheckpointFiles;
import dev.sluice.state.checkpoint.FolderFiles;
import dev.sluice.state.checkpoint.LocalFolder;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.UUID;

/** Opens the place that a path or a URL of the user's names. Stateless. */
final class Storages {
  private Storages() {}

  /**
   * Opens a place.
   *
   * @param option the option that names it, for messages
   * @throws CheckpointException if it is of a kind that is not supported
   */
  static CheckpointFiles open(String location, String option) {
    try {
      if (location.startsWith("file:")) {
        return local(Path.of(URI.create(location)));
      }
      if (location.matches("[a-z][a-z0-9]+:.*")) {
        throw new CheckpointException(
            "option --%s: %s is none of the places that are supported: a folder, or a file:// URL"
                .formatted(option, location));
      }
      return local(Path.of(location));
    } catch (IllegalArgumentException e) {
      String what = e instanceof InvalidPathException ? "no path" : "no URL";
      throw new CheckpointException(
          "option --%s: %s is %s: %s".formatted(option, location, what, e.getMessage()), e);
    }
  }

  private static CheckpointFiles local(Path folder) {
    return new FolderFiles(new LocalFolder(folder), UUID.randomUUID().toString());
  }
}
