package dev.sluice.protocol;

import java.util.Optional;

/**
 * A place where files of checkpoints or savepoints are, as its user named it. Opened by whoever
 * receives it, with what that process was handed ({@link dev.sluice.protocol.world.StorageOpener}).
 *
 * @param url a folder, a {@code file://} URL, or {@code s3://bucket/path}
 * @param s3Endpoint the URL of a service that speaks S3; empty for that of AWS
 * @param s3Region its region; empty for the one of the environment
 */
public record StorageLocation(String url, Optional<String> s3Endpoint, Optional<String> s3Region) {

  /** A place that needs nothing but its name. */
  public static StorageLocation of(String url) {
    return new StorageLocation(url, Optional.empty(), Optional.empty());
  }

  /** Another place that is reached in the same way. */
  public StorageLocation at(String otherUrl) {
    return new StorageLocation(otherUrl, s3Endpoint, s3Region);
  }

  @Override
  public String toString() {
    return url;
  }
}
