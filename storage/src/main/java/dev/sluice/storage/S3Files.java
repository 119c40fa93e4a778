package dev.sluice.storage;

import dev.sluice.state.storage.CheckpointFiles;
import dev.sluice.state.storage.NewFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * The files of checkpoints as objects of a bucket, through the S3 API.
 *
 * <p>Any thread; blocks. An object is there as a whole or not at all, which is what {@link #create}
 * needs. {@link #compareAndSet} is a put on a condition (If-None-Match, If-Match), which AWS
 * supports since 2024 and other services may or may not: {@link #checkConditions} tries it before
 * anything relies on it. That a process ends is not noticed, so nobody is kept from holding a name.
 */
final class S3Files implements CheckpointFiles {
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;
  private static final int PRECONDITION_FAILED = 412;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Client client;
  private final String bucket;
  private final String prefix;

  /**
   * Files in a bucket.
   *
   * @param client closed with the files
   * @param prefix what the names of all objects begin with: empty, or a path that ends with a slash
   */
  S3Files(S3Client client, String bucket, String prefix) {
    this.client = client;
    this.bucket = bucket;
    this.prefix = prefix;
  }

  /**
   * Finds out whether the bucket can be written, and whether the service keeps to conditions.
   *
   * @throws IOException if not, with what to do about it
   */
  void checkConditions() throws IOException {
    String name = ".conditions-" + UUID.randomUUID();
    try {
      tryConditions(name);
    } catch (IOException e) {
      try {
        delete(name);
      } catch (IOException left) {
        // What says why it fails must not give way to this.
        e.addSuppressed(left);
      }
      throw e;
    }
    delete(name);
  }

  private void tryConditions(String name) throws IOException {
    byte[] content = {1};
    put(name, content, "If-None-Match", "*");
    if (putIf(name, content, "If-None-Match", "*")
        || putIf(name, content, "If-Match", "\"00000000000000000000000000000000\"")) {
      throw new IOException(
          "the service behind it ignores the conditions of a put (If-None-Match and If-Match), so"
              + " two processes could write the same job's checkpoints. Use a service that keeps"
              + " to them, or a folder that all processes share");
    }
  }

  @Override
  public NewFile create(String name) {
    return new S3Upload(client, bucket, prefix + name, location() + "/" + name);
  }

  @Override
  public InputStream open(String name, long position) throws IOException {
    try {
      return new S3Download(from -> download(name, from), position);
    } catch (IOException e) {
      if (e.getCause() instanceof S3Exception answer
          && answer.statusCode() == RANGE_NOT_SATISFIABLE) {
        return new ByteArrayInputStream(new byte[0]);
      }
      throw e;
    }
  }

  private ResponseInputStream<GetObjectResponse> download(String name, long position)
      throws IOException {
    GetObjectRequest.Builder request = GetObjectRequest.builder().bucket(bucket).key(prefix + name);
    if (position > 0) {
      request.range("bytes=" + position + "-");
    }
    return call("read", name, () -> client.getObject(request.build()));
  }

  @Override
  public long size(String name) throws IOException {
    return call(
        "read",
        name,
        () -> client.headObject(r -> r.bucket(bucket).key(prefix + name)).contentLength());
  }

  @Override
  public List<String> list(String begin) throws IOException {
    return call(
        "list",
        begin,
        () -> {
          List<String> names = new ArrayList<>();
          client
              .listObjectsV2Paginator(r -> r.bucket(bucket).prefix(prefix + begin))
              .contents()
              .forEach(object -> names.add(object.key().substring(prefix.length())));
          names.sort(null);
          return names;
        });
  }

  @Override
  public void delete(String name) throws IOException {
    call("delete", name, () -> client.deleteObject(r -> r.bucket(bucket).key(prefix + name)));
  }

  @Override
  public Optional<byte[]> read(String name) throws IOException {
    return Optional.ofNullable(get(name)).map(ResponseBytes::asByteArray);
  }

  private @Nullable ResponseBytes<GetObjectResponse> get(String name) throws IOException {
    try {
      return client.getObjectAsBytes(r -> r.bucket(bucket).key(prefix + name));
    } catch (S3Exception e) {
      if (isMissingObject(e)) {
        return null;
      }
      throw failure("read", name, e);
    } catch (SdkException e) {
      throw failure("read", name, e);
    }
  }

  @Override
  public boolean compareAndSet(String name, Optional<byte[]> expected, byte[] content)
      throws IOException {
    ResponseBytes<GetObjectResponse> now = get(name);
    if (now == null ? expected.isPresent() : !holds(expected, now.asByteArray())) {
      return false;
    }
    boolean written =
        now == null
            ? putIf(name, content, "If-None-Match", "*")
            : putIf(name, content, "If-Match", now.response().eTag());
    // A try of which the answer was lost may have been done, and then the next one is refused.
    return written || holds(read(name), content);
  }

  private static boolean holds(Optional<byte[]> expected, byte[] content) {
    return expected.isPresent() && Arrays.equals(expected.get(), content);
  }

  private boolean putIf(String name, byte[] content, String condition, String value)
      throws IOException {
    try {
      put(name, content, condition, value);
      return true;
    } catch (RefusedException e) {
      return false;
    }
  }

  private void put(String name, byte[] content, String condition, String value) throws IOException {
    PutObjectRequest request =
        PutObjectRequest.builder()
            .bucket(bucket)
            .key(prefix + name)
            .overrideConfiguration(o -> o.putHeader(condition, value))
            .build();
    call("write", name, () -> client.putObject(request, RequestBody.fromBytes(content)));
  }

  @Override
  public Optional<AutoCloseable> hold(String name) {
    return Optional.of(() -> {});
  }

  @Override
  public String location() {
    String path = prefix.isEmpty() ? "" : "/" + prefix.substring(0, prefix.length() - 1);
    return "s3://" + bucket + path;
  }

  @Override
  public void close() {
    client.close();
  }

  private <T> T call(String what, String name, Supplier<T> request) throws IOException {
    try {
      return request.get();
    } catch (SdkException e) {
      throw failure(what, name, e);
    }
  }

  private static boolean isMissingObject(S3Exception e) {
    return e.statusCode() == NOT_FOUND
        && (e.awsErrorDetails() == null || !"NoSuchBucket".equals(e.awsErrorDetails().errorCode()));
  }

  private IOException failure(String what, String name, SdkException e) {
    String where = location() + "/" + name;
    if (e instanceof S3Exception answer) {
      if (isMissingObject(answer)) {
        return (IOException) new NoSuchFileException(where).initCause(e);
      }
      if (answer.statusCode() == PRECONDITION_FAILED || answer.statusCode() == CONFLICT) {
        return new RefusedException(where, e);
      }
    }
    return failure(what, where, bucket, e);
  }

  /** Says what could not be done, and for the common reasons what to do. */
  static IOException failure(String what, String where, String bucket, SdkException e) {
    return new IOException("cannot %s %s: %s".formatted(what, where, reason(bucket, e)), e);
  }

  private static String reason(String bucket, SdkException e) {
    String message = String.valueOf(e.getMessage());
    if (e instanceof S3Exception answer) {
      return message
          + switch (answer.statusCode()) {
            case NOT_FOUND -> "; make the bucket " + bucket + " first, or name another one";
            case 401, 403 -> "; the credentials of this process do not allow it";
            case 301, 400 -> "; give the region of the bucket by --s3Region";
            default -> "";
          };
    }
    // The SDK lists every place that it has looked at.
    if (message.contains("credentials")) {
      return "no credentials are found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a"
          + " profile of ~/.aws by AWS_PROFILE";
    }
    Throwable root = rootOf(e);
    if (root instanceof UnknownHostException) {
      return "there is no host %s; correct --s3Endpoint or --s3Region".formatted(root.getMessage());
    }
    return root instanceof ConnectException
        ? "nobody answers there (%s); start the service, or correct --s3Endpoint"
            .formatted(root.getMessage())
        : message;
  }

  /** The innermost cause; the SDK ties no circles. */
  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  /** A condition of a put did not hold. */
  private static final class RefusedException extends IOException {
    RefusedException(String where, Throwable cause) {
      super(where + " was written by somebody else", cause);
    }
  }
}
