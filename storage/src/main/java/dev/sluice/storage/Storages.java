package dev.sluice.storage;

import dev.sluice.state.error.CheckpointException;
import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.FolderFiles;
import dev.sluice.state.storage.LocalFolder;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Opens the places that paths and URLs of the user's name. Immutable.
 *
 * @param s3 how a job reaches S3
 */
public record Storages(S3Access s3) {
  private static final Pattern S3 = Pattern.compile("s3://([a-z0-9][a-z0-9.-]+)(?:/(.*))?");

  /**
   * Opens a place.
   *
   * @param namedBy what names it, for messages: an option, a method, an argument
   * @throws CheckpointException if it is of a kind that is not supported
   */
  public CheckpointFiles open(String location, String namedBy) {
    try {
      if (location.startsWith("file:")) {
        return local(Path.of(URI.create(location)));
      }
      Matcher object = S3.matcher(location);
      if (object.matches()) {
        return s3(object);
      }
      if (location.matches("[a-z][a-z0-9]+:.*")) {
        throw new CheckpointException(
            "%s: %s is not a supported place: use a folder, a file:// URL, or s3://bucket/path"
                .formatted(namedBy, location));
      }
      return local(Path.of(location));
    } catch (IllegalArgumentException e) {
      String what = e instanceof InvalidPathException ? "is not a path" : "cannot be opened";
      throw new CheckpointException(
          "%s: %s %s: %s".formatted(namedBy, location, what, e.getMessage()), e);
    }
  }

  /**
   * Opens the place where a job's checkpoints go, of which two processes must be able to agree who
   * writes.
   *
   * @throws CheckpointException if it cannot be written, or does not allow that
   */
  public CheckpointFiles openForCheckpoints(String location, String namedBy) {
    CheckpointFiles files = open(location, namedBy);
    if (files instanceof S3Files objects) {
      try {
        objects.checkConditions();
      } catch (IOException e) {
        objects.close();
        throw new CheckpointException(
            "%s: %s cannot be used: %s".formatted(namedBy, location, e.getMessage()), e);
      }
    }
    return files;
  }

  private S3Files s3(Matcher object) {
    String path = object.group(2) == null ? "" : object.group(2).replaceAll("^/+|/+$", "");
    return new S3Files(s3.client(), object.group(1), path.isEmpty() ? "" : path + "/");
  }

  private static CheckpointFiles local(Path folder) {
    return new FolderFiles(new LocalFolder(folder), UUID.randomUUID().toString());
  }
}
