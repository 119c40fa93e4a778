package dev.sluice.state.checkpoint;

import java.io.Serializable;

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
    implements Serializable {}
