package dev.sluice.runner.storage;

import java.net.URI;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;

/**
 * A service that speaks S3, in this JVM and on a port of its own; what it holds goes with it.
 *
 * <p>Its clients find the credentials in the system properties of this JVM.
 */
public final class S3Server implements AutoCloseable {
  private static final String USER = "test";
  private static final String SECRET = "secret-of-the-test";

  private final BlobStoreContext context;
  private final S3Proxy proxy;

  /** Starts one with one bucket. */
  public S3Server(String bucket) throws Exception {
    System.setProperty("aws.accessKeyId", USER);
    System.setProperty("aws.secretAccessKey", SECRET);
    context =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials(USER, SECRET)
            .build(BlobStoreContext.class);
    context.getBlobStore().createContainerInLocation(null, bucket);
    proxy =
        S3Proxy.builder()
            .blobStore(context.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, USER, SECRET)
            .build();
    proxy.start();
  }

  /** The URL for {@code --s3Endpoint}. */
  public String endpoint() {
    return "http://127.0.0.1:" + proxy.getPort();
  }

  @Override
  public void close() {
    try {
      proxy.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the server at " + endpoint() + " does not stop", e);
    } finally {
      context.close();
    }
  }
}
