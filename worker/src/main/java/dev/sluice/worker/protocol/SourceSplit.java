package dev.sluice.worker.protocol;

import java.io.Serializable;

/**
 * One split of a source, made once at the first start of a job.
 *
 * @param number from 0 to {@code count}, exclusive
 * @param count how many splits the source has; never changes for a job
 * @param source the Beam source of this split, Java-serialized
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, never compared
public record SourceSplit(int number, int count, byte[] source) implements Serializable {}
