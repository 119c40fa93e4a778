package dev.sluice.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Looks at what a job has stored, from the outside. */
interface StoredFiles {
  /** Returns the size in bytes of each file, by its name. */
  Map<String, Long> sizes() throws IOException;

  /** Finds the storage among the arguments: the second one, and {@code --s3Endpoint}. */
  static StoredFiles of(String[] arguments) {
    String location = arguments[1];
    if (!location.startsWith("s3://")) {
      return inFolder(Path.of(location));
    }
    String option = "--s3Endpoint=";
    String endpoint =
        List.of(arguments).stream()
            .filter(argument -> argument.startsWith(option))
            .map(argument -> argument.substring(option.length()))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException(option + "URL is missing"));
    return inBucket(URI.create(endpoint), URI.create(location).getHost());
  }

  private static StoredFiles inFolder(Path folder) {
    return () -> {
      Map<String, Long> sizes = new LinkedHashMap<>();
      try (Stream<Path> files = Files.walk(folder)) {
        files
            .filter(Files::isRegularFile)
            .forEach(path -> sizes.put(path.toString(), path.toFile().length()));
      }
      return sizes;
    };
  }

  private static StoredFiles inBucket(URI endpoint, String bucket) {
    S3Client client =
        S3Client.builder()
            .endpointOverride(endpoint)
            .forcePathStyle(true)
            .region(Region.US_EAST_1)
            .build();
    return () -> {
      Map<String, Long> sizes = new LinkedHashMap<>();
      client
          .listObjectsV2Paginator(request -> request.bucket(bucket))
          .contents()
          .forEach(object -> sizes.put(object.key(), object.size()));
      return sizes;
    };
  }
}
