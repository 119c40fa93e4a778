package dev.sluice.state.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * The sorted result of applying sorted inputs one after the other.
 *
 * <p>Used by one thread; closes the inputs. What is always true of an input: each key and each
 * prefix occurs at most once in it, a prefix before the keys that begin so, and it deletes nothing
 * of the input itself.
 */
final class MergedRecords implements RecordCursor {
  private final List<RecordCursor> inputs;
  private final boolean keepDeletes;
  private final PriorityQueue<Input> heap = new PriorityQueue<>(Input.ORDER);
  private final ActivePrefixes prefixes = new ActivePrefixes();
  private boolean begun;
  private @Nullable Input current;
  private byte[] lastKey = new byte[64];
  private int lastKeyLength = -1;

  /**
   * Merges inputs.
   *
   * @param inputs the oldest first
   * @param keepDeletes whether there is something older that the deletes concern
   */
  MergedRecords(List<RecordCursor> inputs, boolean keepDeletes) {
    this.inputs = List.copyOf(inputs);
    this.keepDeletes = keepDeletes;
  }

  /** One input; the younger ones first where keys are the same. */
  private record Input(RecordCursor at, int age) {
    private static final Comparator<Input> ORDER =
        (a, b) -> {
          int order =
              Arrays.compareUnsigned(
                  a.at.key(), 0, a.at.keyLength(), b.at.key(), 0, b.at.keyLength());
          if (order == 0) {
            order = Boolean.compare(b.isPrefix(), a.isPrefix());
          }
          return order != 0 ? order : Integer.compare(b.age, a.age);
        };

    private boolean isPrefix() {
      return at.op() == DELETE_PREFIX;
    }
  }

  @Override
  public boolean next() throws IOException {
    if (!begun) {
      begun = true;
      for (int age = 0; age < inputs.size(); age++) {
        if (inputs.get(age).next()) {
          heap.add(new Input(inputs.get(age), age));
        }
      }
      current = heap.poll();
    } else {
      goOn();
    }
    while (current != null && !counts(current)) {
      goOn();
    }
    return current != null;
  }

  /** Moves to the next record of all inputs; null if there is none. */
  private void goOn() throws IOException {
    if (!current.at.next()) {
      current = heap.poll();
    } else if (!heap.isEmpty() && Input.ORDER.compare(heap.peek(), current) < 0) {
      // Often the next one is of the same input: there are runs of neighbours, and a large base.
      heap.add(current);
      current = heap.poll();
    }
  }

  private boolean counts(Input input) {
    byte[] key = input.at.key();
    int length = input.at.keyLength();
    if (input.isPrefix()) {
      return prefixes.add(key, 0, length, input.age) && keepDeletes;
    }
    if (Arrays.equals(lastKey, 0, Math.max(0, lastKeyLength), key, 0, length)
        && lastKeyLength == length) {
      return false;
    }
    if (lastKey.length < length) {
      lastKey = new byte[Math.max(length, 2 * lastKey.length)];
    }
    System.arraycopy(key, 0, lastKey, 0, length);
    lastKeyLength = length;
    return prefixes.youngest(key, 0, length) <= input.age && (keepDeletes || input.at.op() == PUT);
  }

  @Override
  public int op() {
    return current.at.op();
  }

  @Override
  public byte[] key() {
    return current.at.key();
  }

  @Override
  public int keyLength() {
    return current.at.keyLength();
  }

  @Override
  public byte[] values() {
    return current.at.values();
  }

  @Override
  public int valueOffset() {
    return current.at.valueOffset();
  }

  @Override
  public int valueLength() {
    return current.at.valueLength();
  }

  @Override
  public void close() throws IOException {
    IOException failure = null;
    for (RecordCursor input : inputs) {
      try {
        input.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
