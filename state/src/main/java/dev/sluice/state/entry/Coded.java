package dev.sluice.state.entry;

import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A live object together with the coder that turns it into bytes.
 *
 * @param value the object; null where the coder encodes null
 * @param coder encodes the object
 * @param <T> the type of the object
 */
public record Coded<T>(@Nullable T value, Coder<T> coder) {}
