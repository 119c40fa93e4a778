package dev.sluice.state.keyed;

import java.util.function.Supplier;
import org.apache.beam.sdk.state.ReadableState;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * A question to a cell that is answered again each time it is read.
 *
 * <p>On the heap there is nothing to fetch ahead; over a store, {@code readLater} is where a cell
 * learns that it should join the next read of many.
 *
 * @param <T> the type of the answer
 */
final class DeferredRead<T> implements ReadableState<T> {
  private final Supplier<T> answer;

  DeferredRead(Supplier<T> answer) {
    this.answer = answer;
  }

  @Override
  public @Nullable T read() {
    return answer.get();
  }

  @Override
  public ReadableState<T> readLater() {
    return this;
  }
}
