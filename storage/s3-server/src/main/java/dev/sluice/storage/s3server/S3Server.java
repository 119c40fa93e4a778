package dev.sluice.storage.s3server;

import java.net.URI;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;
import org.jclouds.blobstore.domain.MultipartPart;
import org.jclouds.blobstore.domain.MultipartUpload;
import org.jclouds.blobstore.util.ForwardingBlobStore;
import org.jclouds.io.Payload;

/**
 * A service that speaks S3, in this JVM and on a port of its own; what it holds goes with it.
 *
 * <p>Its clients find the credentials in the system properties of this JVM.
 */
public final class S3Server implements AutoCloseable {
  private static final String USER = "test";
  private static final String SECRET = "secret-of-the-test";

  private final String bucket;
  private final BlobStoreContext context;
  private final CountDownLatch anyHeld = new CountDownLatch(1);
  private final CountDownLatch letIn = new CountDownLatch(1);
  private volatile int heldFrom = Integer.MAX_VALUE;
  private final S3Proxy proxy;

  /** Starts one with one bucket. */
  public S3Server(String bucket) throws Exception {
    this.bucket = bucket;
    System.setProperty("aws.accessKeyId", USER);
    System.setProperty("aws.secretAccessKey", SECRET);
    context =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials(USER, SECRET)
            .build(BlobStoreContext.class);
    context.getBlobStore().createContainerInLocation(null, bucket);
    proxy =
        S3Proxy.builder()
            .blobStore(new Holding(context.getBlobStore()))
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, USER, SECRET)
            .build();
    proxy.start();
  }

  /** The URL for {@code --s3Endpoint}. */
  public String endpoint() {
    return "http://127.0.0.1:" + proxy.getPort();
  }

  /** From now on no part of a multipart upload with this number or a greater one gets through. */
  public void holdPartsFrom(int number) {
    heldFrom = number;
  }

  /** Waits until a part is held; that the upload of which it is one is half done is certain. */
  public void awaitHeldPart() throws InterruptedException {
    if (!anyHeld.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no part was sent within a minute");
    }
  }

  /** Holds no part any more. */
  public void letPartsIn() {
    heldFrom = Integer.MAX_VALUE;
    letIn.countDown();
  }

  /** Returns how many multipart uploads were begun, and neither completed nor aborted. */
  public int openUploads() {
    return context.getBlobStore().listMultipartUploads(bucket).size();
  }

  private final class Holding extends ForwardingBlobStore {
    Holding(BlobStore store) {
      super(store);
    }

    @Override
    public MultipartPart uploadMultipartPart(
        MultipartUpload upload, int partNumber, Payload payload) {
      if (partNumber >= heldFrom) {
        anyHeld.countDown();
        try {
          letIn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new IllegalStateException("the server stops", e);
        }
      }
      return super.uploadMultipartPart(upload, partNumber, payload);
    }
  }

  @Override
  public void close() {
    letPartsIn();
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server at " + endpoint() + " does not stop", e);
    } finally {
      context.close();
    }
  }
}
