package dev.sluice.state.windowed;

import dev.sluice.state.PartLog;
import dev.sluice.state.entry.ByteReader;
import dev.sluice.state.log.Bytes;
import dev.sluice.state.log.ChangeLog;
import dev.sluice.state.store.StateStore;
import java.util.Iterator;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Lists of values, of which each value is a record that is logged once: behind the key the run and
 * the number of the value in it, in eight bytes; as value the key's hash and the encoded value.
 *
 * <p>Owned by one {@link WindowedAccumulators}.
 *
 * @param <T> the type of the values
 */
final class PerElementForm<T> implements RecordForm<ValueList<T>> {
  /** The run is above this number of bits, the number below. */
  private static final int NUMBER_BITS = 40;

  private final PartLog part;
  private final ValueLists<T> lists;

  PerElementForm(PartLog part, ValueLists<T> lists) {
    this.part = part;
    this.lists = lists;
  }

  @Override
  public boolean log(ValueList<T> list, int hash, int run, Bytes key, ChangeLog to, int most) {
    int keyBytes = key.size();
    list.numberFrom((long) run << NUMBER_BITS);
    long end = list.frozenSize();
    long next = list.logged();
    long stop = end - next > most ? next + most : end;
    Iterator<T> elements = list.iteratorFrom(next);
    for (; next < stop; next++) {
      to.put(key.truncate(keyBytes).putLong(list.numberOf(next)), value(elements.next(), hash));
    }
    list.loggedUpTo(stop);
    if (stop == end) {
      list.unfreeze();
    }
    return stop == end;
  }

  @Override
  public long move(
      ValueList<T> list, int hash, int run, Bytes key, @Nullable ChangeLog log, StateStore store) {
    int keyBytes = key.size();
    list.numberFrom((long) run << NUMBER_BITS);
    long number = 0;
    for (T element : list.snapshot()) {
      key.truncate(keyBytes).putLong(list.numberOf(number));
      Bytes value = value(element, hash);
      if (log != null && number >= list.logged()) {
        log.put(key, value);
      }
      store.put(key, value);
      number++;
    }
    list.drain();
    return number;
  }

  private Bytes value(T element, int hash) {
    Bytes value = part.value().putInt(hash);
    part.encode(value, element, lists.elementCoder());
    return value;
  }

  @Override
  public boolean freeze(ValueList<T> list) {
    list.freeze();
    return true;
  }

  @Override
  public ValueList<T> merge(@Nullable ValueList<T> before, byte[] value) {
    ValueList<T> list = before == null ? lists.newList() : before;
    list.append(part.decodeValue(value, Integer.BYTES, lists.elementCoder()));
    return list;
  }

  @Override
  public int runOf(ByteReader key) {
    return (int) (key.readLong() >>> NUMBER_BITS);
  }

  @Override
  public long heapBytes(ValueList<T> list) {
    return list.ownBytes();
  }

  @Override
  public boolean isInParts() {
    return true;
  }

  @Override
  public boolean keepRecord(ValueList<T> list, ByteReader key) {
    list.lastIsLoggedAs(key.readLong());
    return true;
  }
}
