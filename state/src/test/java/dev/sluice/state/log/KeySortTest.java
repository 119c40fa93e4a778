package dev.sluice.state.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Sorting by radix gives the order that comparing gives, and keeps that of equal keys. */
class KeySortTest {
  @RepeatedTest(60)
  void sortsAsComparingDoes(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    int count = random.nextInt(3000);
    int letters = 1 + random.nextInt(random.nextBoolean() ? 2 : 256);
    int keyBytes = 1 + random.nextInt(24);
    boolean oneLength = random.nextBoolean();
    byte[] shared = new byte[random.nextInt(12)];
    random.nextBytes(shared);
    Bytes bytes = new Bytes();
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = bytes.size();
      int own = oneLength ? keyBytes : random.nextInt(keyBytes + 1);
      bytes.putByte(random.nextInt(10) == 0 ? RecordCursor.DELETE_PREFIX : RecordCursor.PUT);
      bytes.putInt(shared.length + own).putInt(0).put(shared);
      for (int b = 0; b < own; b++) {
        bytes.putByte(random.nextInt(letters));
      }
    }
    byte[] array = ByteBuffer.allocate(bytes.size() + 8).put(bytes.toByteArray()).array();
    KeySort sort = new KeySort(array);
    int[] expected = IntStream.of(offsets).boxed().sorted(sort::compare).mapToInt(i -> i).toArray();
    assertThat(sort.sort(offsets, count)).startsWith(expected).hasSize(count);
  }
}
