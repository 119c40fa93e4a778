package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.state.entry.NamespaceCodec;
import dev.sluice.state.entry.StateLog;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.junit.jupiter.api.Test;

/** A number that is a key is encoded as its coder does, whether it is taken from the key or not. */
class EntryCodecTest {
  private static final List<Long> EDGES =
      List.of(0L, 1L, -1L, 127L, 128L, -128L, (long) Integer.MAX_VALUE, (long) Integer.MIN_VALUE);

  @Test
  void numbersAreEncodedAsTheirCodersDo() {
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 2_000; i++) {
      long number = i < EDGES.size() ? EDGES.get(i) : random.nextLong() >> random.nextInt(64);
      check(VarLongCoder.of(), number, number);
      check(BigEndianLongCoder.of(), number, number);
      int small = (int) number;
      check(VarIntCoder.of(), small, small);
      check(BigEndianIntegerCoder.of(), small, small);
    }
  }

  private static <K> void check(Coder<K> coder, K key, long number) {
    EntryCodec<K> codec =
        new EntryCodec<>(
            new StateLog(), "T", coder, new NamespaceCodec(GlobalWindow.Coder.INSTANCE));
    byte[] byKey = codec.key(key, 17).toByteArray();
    byte[] byNumber = codec.key(new KeyEntry(key, key, number, 17)).toByteArray();
    assertThat(byNumber).as("%s by %s", key, coder).isEqualTo(byKey);
  }
}
