package dev.sluice.storage;

import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * An object as it is read, from a position to its end.
 *
 * <p>Used by one thread; blocks. A connection that breaks is opened again where it broke, a few
 * times in a row: the SDK repeats requests, but not the reading of what they answer, and services
 * close connections on which a merge of many segments reads nothing for a while. Closed early, the
 * rest is not fetched.
 */
final class S3Download extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(S3Download.class);
  private static final int MOST_BREAKS_IN_A_ROW = 3;

  private final Source source;
  private ResponseInputStream<GetObjectResponse> in;
  private long position;
  private int breaks;
  private boolean ended;

  /** Asks for the content of the object. */
  @FunctionalInterface
  interface Source {
    /** Returns it from a position on. */
    ResponseInputStream<GetObjectResponse> from(long position) throws IOException;
  }

  S3Download(Source source, long position) throws IOException {
    this.source = source;
    this.position = position;
    this.in = source.from(position);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (true) {
      try {
        int count = in.read(into, offset, length);
        ended |= count < 0;
        position += Math.max(0, count);
        breaks = count > 0 ? 0 : breaks;
        return count;
      } catch (IOException e) {
        if (++breaks > MOST_BREAKS_IN_A_ROW) {
          throw e;
        }
        LOG.debug("the connection broke at byte {} and is opened again", position, e);
        in.abort();
        in = source.from(position);
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      in.abort();
    }
    in.close();
  }
}
