package dev.sluice.state.storage;

import dev.sluice.state.error.CheckpointException;
import java.io.IOException;
import java.io.Serializable;

/**
 * A segment that is safe in the storage.
 *
 * @param file its name in {@link CheckpointFiles}
 * @param bytes its size
 * @param crc CRC32C of the whole file, for whoever copies or compares it
 * @param firstGroup the least key group in it
 * @param lastGroup the greatest key group in it
 */
public record SegmentRef(String file, long bytes, int crc, int firstGroup, int lastGroup)
    implements Serializable {
  /**
   * Checks that the file is there and has its size. Which of its bits have changed, whoever reads
   * it finds out block by block: reading all of it twice would double the time of a restart.
   *
   * @throws CheckpointException if it has another size
   * @throws java.nio.file.NoSuchFileException if it is not there
   */
  public void check(CheckpointFiles files) throws IOException {
    long size = files.size(file);
    if (size != bytes) {
      throw new CheckpointException(
          "segment %s is damaged: it has %d bytes, and had %d when its checkpoint was made"
              .formatted(file, size, bytes));
    }
  }
}
