package dev.sluice.storage;

import dev.sluice.state.storage.NewFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.checkerframework.checker.nullness.qual.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A new object: sent at once if it is small, in parts as they fill otherwise.
 *
 * <p>Used by one thread; blocks. What is always true: the object is there only after {@link #close}
 * has returned; after a failure, or if it is abandoned, the parts that were sent are deleted and it
 * never will be. Parts of a process that was killed are left behind, as of every multipart upload:
 * a rule of the bucket that aborts incomplete ones after a day deletes them.
 */
final class S3Upload extends NewFile {
  private static final Logger LOG = LoggerFactory.getLogger(S3Upload.class);
  private static final int FIRST_BYTES = 64 << 10;
  private static final String CONTENT_TYPE = "application/octet-stream";

  private final S3Client client;
  private final String bucket;
  private final String key;
  private final String where;
  private final List<CompletedPart> parts = new ArrayList<>();
  private byte[] part = new byte[FIRST_BYTES];
  private int size;
  private @Nullable String upload;
  private boolean closed;

  S3Upload(S3Client client, String bucket, String key, String where) {
    this.client = client;
    this.bucket = bucket;
    this.key = key;
    this.where = where;
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    if (closed) {
      throw new IOException(where + " is closed");
    }
    int at = offset;
    int left = length;
    while (left > 0) {
      int taken = Math.min(left, partBytes() - size);
      reserve(size + taken);
      System.arraycopy(from, at, part, size, taken);
      size += taken;
      at += taken;
      left -= taken;
      if (size == partBytes()) {
        sendPart();
      }
    }
  }

  private int partBytes() {
    return S3Limits.partBytes(parts.size());
  }

  private void reserve(int bytes) {
    if (bytes > part.length) {
      part = Arrays.copyOf(part, Math.max(bytes, Math.min(partBytes(), 2 * part.length)));
    }
  }

  private void sendPart() throws IOException {
    if (parts.size() == S3Limits.MOST_PARTS) {
      abort();
      throw new IOException(
          where + " is larger than a file in a bucket can be: use more tasks (--parallelism)");
    }
    if (upload == null) {
      upload = sent(() -> client.createMultipartUpload(r -> r.bucket(bucket).key(key)).uploadId());
    }
    int number = parts.size() + 1;
    String tag =
        sent(
            () ->
                client
                    .uploadPart(
                        r ->
                            r.bucket(bucket)
                                .key(key)
                                .uploadId(upload)
                                .partNumber(number)
                                .overrideConfiguration(within(S3Limits.toMove(size))),
                        content())
                    .eTag());
    parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    size = 0;
  }

  private RequestBody content() {
    // No copy: nothing is written to the part before the request has ended.
    return RequestBody.fromContentProvider(
        () -> new ByteArrayInputStream(part, 0, size), size, CONTENT_TYPE);
  }

  private static Consumer<AwsRequestOverrideConfiguration.Builder> within(Duration attempt) {
    return o -> o.apiCallAttemptTimeout(attempt).apiCallTimeout(S3Limits.withRetries(attempt));
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    if (upload == null) {
      sent(
          () ->
              client.putObject(
                  r ->
                      r.bucket(bucket)
                          .key(key)
                          .overrideConfiguration(within(S3Limits.toMove(size))),
                  content()));
    } else {
      if (size > 0) {
        sendPart();
      }
      sent(
          () ->
              client.completeMultipartUpload(
                  r ->
                      r.bucket(bucket)
                          .key(key)
                          .uploadId(upload)
                          .multipartUpload(m -> m.parts(parts))
                          .overrideConfiguration(within(S3Limits.toJoin(parts.size())))));
    }
    closed = true;
  }

  private <T> T sent(Supplier<T> request) throws IOException {
    boolean done = false;
    try {
      T answer = request.get();
      done = true;
      return answer;
    } catch (SdkException e) {
      throw S3Files.failure("write", where, bucket, e);
    } finally {
      if (!done) {
        abort();
      }
    }
  }

  @Override
  public void discard() {
    if (!closed) {
      abort();
    }
  }

  private void abort() {
    closed = true;
    if (upload != null) {
      try {
        client.abortMultipartUpload(r -> r.bucket(bucket).key(key).uploadId(upload));
      } catch (SdkException e) {
        LOG.debug("the parts of {} that were sent are left behind", where, e);
      }
    }
  }
}
