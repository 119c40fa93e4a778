package dev.sluice.state.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.zip.CRC32C;

/**
 * A segment that is safe in the storage.
 *
 * @param file its name in {@link CheckpointFiles}
 * @param bytes its size
 * @param crc CRC32C of the whole file, so that a file that was put in its place is found out
 * @param firstGroup the least key group in it
 * @param lastGroup the greatest key group in it
 */
public record SegmentRef(String file, long bytes, int crc, int firstGroup, int lastGroup)
    implements Serializable {
  private static final int BUFFER_BYTES = 64 << 10;

  /**
   * Reads the file from its first byte to its last.
   *
   * @throws CheckpointException if it is not what it was when this reference was made
   */
  public void verify(CheckpointFiles files) throws IOException {
    CRC32C found = new CRC32C();
    long size = 0;
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = files.open(file, 0)) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        found.update(buffer, 0, n);
        size += n;
      }
    }
    if (size != bytes || (int) found.getValue() != crc) {
      throw new CheckpointException(
          "segment %s is damaged: it has %d bytes with the checksum %08x; when its checkpoint was made it had %d and %08x"
              .formatted(file, size, (int) found.getValue(), bytes, crc));
    }
  }
}
