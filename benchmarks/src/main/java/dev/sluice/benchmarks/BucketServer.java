package dev.sluice.benchmarks;

import java.net.URI;
import org.gaul.s3proxy.AuthenticationType;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.ContextBuilder;
import org.jclouds.blobstore.BlobStoreContext;
import org.jclouds.blobstore.TransientApiMetadata;

/**
 * A service that speaks S3 with one bucket in its memory, until it is killed: {@code <port>
 * <bucket> <user> <secret>}. Prints a line when it can be used.
 */
public final class BucketServer {
  private BucketServer() {}

  /** Serves. */
  public static void main(String[] args) throws Exception {
    BlobStoreContext context =
        ContextBuilder.newBuilder(new TransientApiMetadata())
            .credentials(args[2], args[3])
            .build(BlobStoreContext.class);
    context.getBlobStore().createContainerInLocation(null, args[1]);
    S3Proxy proxy =
        S3Proxy.builder()
            .blobStore(context.getBlobStore())
            .endpoint(URI.create("http://127.0.0.1:" + args[0]))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, args[2], args[3])
            .build();
    proxy.start();
    System.out.println("serves " + args[1] + " on port " + proxy.getPort());
  }
}
