package dev.sluice.storage;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import org.checkerframework.checker.nullness.qual.Nullable;
import software.amazon.awssdk.awscore.defaultsmode.DefaultsMode;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * How a job reaches S3, as its own options say: nothing of the JVM is set, so that two jobs may use
 * two services side by side.
 *
 * <p>Credentials come from where the AWS tools look for them: the environment, system properties, a
 * profile, the instance's role.
 *
 * @param endpoint the URL of a service that speaks S3; null for that of AWS
 * @param region the region; null for the one of the environment, or us-east-1 of an endpoint of
 *     one's own
 */
public record S3Access(@Nullable String endpoint, @Nullable String region) {
  /** AWS, in the region of the environment. */
  public static final S3Access DEFAULT = new S3Access(null, null);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /**
   * Makes a client; nothing is sent yet.
   *
   * @throws IllegalArgumentException if the options are no endpoint and region, or none is known
   */
  S3Client client() {
    S3ClientBuilder builder =
        S3Client.builder()
            .defaultsMode(DefaultsMode.STANDARD)
            .httpClientBuilder(
                ApacheHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(S3Limits.ATTEMPT))
            .overrideConfiguration(
                o ->
                    o.apiCallTimeout(S3Limits.withRetries(S3Limits.ATTEMPT))
                        .apiCallAttemptTimeout(S3Limits.ATTEMPT));
    if (endpoint != null) {
      builder.endpointOverride(uri(endpoint)).forcePathStyle(true);
    }
    if (region != null) {
      builder.region(Region.of(region));
    } else if (endpoint != null) {
      builder.region(Region.US_EAST_1);
    }
    try {
      return builder.build();
    } catch (SdkClientException e) {
      throw new IllegalArgumentException(
          "no region is known for S3: give it by --s3Region or AWS_REGION", e);
    }
  }

  private static URI uri(String endpoint) {
    try {
      URI uri = new URI(endpoint);
      if (uri.getScheme() != null && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      throw notAnEndpoint(endpoint, e);
    }
    throw notAnEndpoint(endpoint, null);
  }

  private static IllegalArgumentException notAnEndpoint(
      String endpoint, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "option --s3Endpoint: "
            + endpoint
            + " is not a URL; write it as in http://localhost:9000 or https://storage.example.com",
        cause);
  }
}
