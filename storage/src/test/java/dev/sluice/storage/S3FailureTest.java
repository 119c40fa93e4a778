package dev.sluice.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What is said of a bucket that cannot be used, in place of what the SDK says. */
class S3FailureTest {

  @Test
  void theCredentialsThatAreMissingAreNamedAndNotThePlacesWithoutThem() {
    assertThat(
            message(
                client(
                    "Unable to load credentials from any of the providers in the chain A, B, C",
                    null)))
        .isEqualTo(
            "cannot write s3://bucket/file: no credentials are found; set AWS_ACCESS_KEY_ID and"
                + " AWS_SECRET_ACCESS_KEY, or name a profile of ~/.aws by AWS_PROFILE");
  }

  @Test
  void whoDoesNotAnswerIsNamed() {
    assertThat(message(client("Unable to execute", new ConnectException("localhost:1 refused"))))
        .contains("nobody answers there (localhost:1 refused)", "correct --s3Endpoint");
    assertThat(message(client("Received an", new UnknownHostException("no.such.host"))))
        .contains("there is no host no.such.host", "--s3Endpoint");
  }

  @Test
  void whatTheServiceAnswersHasACure() {
    assertThat(message(answer(404))).contains("make the bucket bucket first");
    assertThat(message(answer(403))).contains("credentials of this process do not allow it");
    assertThat(message(answer(301))).contains("--s3Region");
  }

  private static String message(SdkException e) {
    IOException failure = S3Files.failure("write", "s3://bucket/file", "bucket", e);
    assertThat(failure).hasCause(e);
    return failure.getMessage();
  }

  private static SdkException client(String message, Throwable cause) {
    return SdkClientException.create(message, cause);
  }

  private static SdkException answer(int status) {
    return (SdkException) S3Exception.builder().message("no").statusCode(status).build();
  }
}
