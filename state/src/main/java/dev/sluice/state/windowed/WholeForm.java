package dev.sluice.state.windowed;

import dev.sluice.state.PartLog;
import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.store.ObjectSize;
import dev.sluice.state.store.StateStore;
import java.util.function.BinaryOperator;
import org.apache.beam.sdk.coders.Coder;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Accumulators that are one record each: behind the key the run in four bytes, nothing if it is 0;
 * as value the key's hash and the encoded accumulator.
 *
 * <p>Owned by one {@link WindowedAccumulators}.
 */
final class WholeForm<A> implements RecordForm<A> {
  private final PartLog part;
  private final Coder<A> coder;
  private final @Nullable BinaryOperator<A> merge;
  private final ObjectSize size;

  /**
   * @param merge makes one accumulator of two; null if there are never two of one key
   */
  WholeForm(PartLog part, Coder<A> coder, @Nullable BinaryOperator<A> merge) {
    this.part = part;
    this.coder = coder;
    this.merge = merge;
    this.size = ObjectSize.of(coder);
  }

  @Override
  public boolean log(A accumulator, int hash, int run, Bytes key, ChangeLog to, int most) {
    to.put(withRun(key, run), value(accumulator, hash));
    return true;
  }

  @Override
  public long move(
      A accumulator, int hash, int run, Bytes key, @Nullable ChangeLog log, StateStore store) {
    Bytes value = value(accumulator, hash);
    withRun(key, run);
    if (log != null) {
      log.put(key, value);
    }
    store.put(key, value);
    return 1;
  }

  private static Bytes withRun(Bytes key, int run) {
    return run == 0 ? key : key.putInt(run);
  }

  private Bytes value(A accumulator, int hash) {
    Bytes value = part.value().putInt(hash);
    part.encode(value, accumulator, coder);
    return value;
  }

  @Override
  public boolean freeze(A accumulator) {
    return false;
  }

  @Override
  public A merge(@Nullable A before, byte[] value) {
    A read = part.decodeValue(value, Integer.BYTES, coder);
    if (before == null) {
      return read;
    }
    if (merge == null) {
      throw new IllegalStateException(part.described() + " was saved twice for one key");
    }
    return merge.apply(before, read);
  }

  @Override
  public int runOf(ByteReader key) {
    return key.atEnd() ? 0 : key.readInt();
  }

  @Override
  public long heapBytes(A accumulator) {
    Bytes bytes = part.value();
    part.encode(bytes, accumulator, coder);
    return size.bytes(bytes.size());
  }

  @Override
  public boolean isInParts() {
    return false;
  }

  @Override
  public boolean keepRecord(A accumulator, ByteReader key) {
    return runOf(key) == 0;
  }
}
