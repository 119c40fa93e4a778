package dev.sluice.state.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.error.StateCodingException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.beam.sdk.coders.BigDecimalCoder;
import org.apache.beam.sdk.coders.BigEndianIntegerCoder;
import org.apache.beam.sdk.coders.BigEndianLongCoder;
import org.apache.beam.sdk.coders.BooleanCoder;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.ByteCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.InstantCoder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.coders.VoidCoder;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.vendor.guava.v32_1_2_jre.com.google.common.hash.Hashing;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Holds the hash that is computed without bytes against an independent hash of the bytes. */
class KeyHasherTest {
  private static final int ROUNDS = 2000;

  private final Random random = new Random(7);

  private static <K> byte[] nested(Coder<K> coder, K key) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    coder.encode(key, bytes);
    return bytes.toByteArray();
  }

  private static <K> void check(Coder<K> coder, K key) throws Exception {
    byte[] bytes = nested(coder, key);
    assertThat(KeyHasher.of(coder).hash(key))
        .as("hash of %s by %s", key, coder)
        .isEqualTo(Hashing.murmur3_32_fixed().hashBytes(bytes).asInt());
  }

  @Test
  void numbers() throws Exception {
    for (long key : new long[] {0, 1, -1, 127, 128, Long.MIN_VALUE, Long.MAX_VALUE}) {
      checkLong(key);
    }
    for (int i = 0; i < ROUNDS; i++) {
      checkLong(random.nextLong() >> random.nextInt(64));
    }
  }

  private static void checkLong(long key) throws Exception {
    check(VarLongCoder.of(), key);
    check(BigEndianLongCoder.of(), key);
    check(VarIntCoder.of(), (int) key);
    check(BigEndianIntegerCoder.of(), (int) key);
    check(ByteCoder.of(), (byte) key);
    check(InstantCoder.of(), Instant.ofEpochMilli(key >> 8));
  }

  @Test
  void strings() throws Exception {
    check(StringUtf8Coder.of(), "");
    check(StringUtf8Coder.of(), "ad-17");
    check(StringUtf8Coder.of(), "Grüße, 世界 \uD83D\uDE00");
    check(StringUtf8Coder.of(), "half a pair \uD83D, and the other \uDE00");
    check(StringUtf8Coder.of(), "ends in half a pair \uD83D");
    check(StringUtf8Coder.of(), "x".repeat(5000));
    for (int i = 0; i < ROUNDS; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(40);
      int bits = 1 + random.nextInt(16);
      for (int c = 0; c < length; c++) {
        text.append((char) random.nextInt(1 << bits));
      }
      check(StringUtf8Coder.of(), text.toString());
    }
  }

  @Test
  void bytes() throws Exception {
    for (int length = 0; length < 300; length++) {
      byte[] key = new byte[length];
      random.nextBytes(key);
      check(ByteArrayCoder.of(), key);
    }
  }

  @Test
  void compositesAndCodersThatAreNotKnown() throws Exception {
    Coder<KV<String, Long>> pair = KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of());
    Coder<String> nullable = NullableCoder.of(StringUtf8Coder.of());
    Coder<List<Integer>> list = ListCoder.of(VarIntCoder.of());
    for (int i = 0; i < ROUNDS; i++) {
      check(pair, KV.of("k" + random.nextInt(), random.nextLong()));
      check(nullable, "k" + random.nextInt());
      check(list, Arrays.asList(random.nextInt(), random.nextInt()));
      check(BigDecimalCoder.of(), BigDecimal.valueOf(random.nextLong(), random.nextInt(9)));
    }
    check(nullable, null);
    check(VoidCoder.of(), null);
    check(BooleanCoder.of(), true);
    check(BooleanCoder.of(), false);
    check(KvCoder.of(nullable, pair), KV.of(null, KV.of("a", 1L)));
  }

  /** The hash is part of the format: these numbers may never change. */
  @Test
  void staysWhatItWas() {
    assertThat(KeyHasher.of(VarLongCoder.of()).hash(1L)).isEqualTo(0xe45ad1ab);
    assertThat(KeyHasher.of(StringUtf8Coder.of()).hash("hello")).isEqualTo(0x4776a807);
    assertThat(KeyHasher.of(ByteArrayCoder.of()).hash(new byte[] {1, 2, 3})).isEqualTo(0x104d5da4);
  }

  @Test
  void aKeyThatCannotBeEncodedIsNamedWithItsCoder() {
    assertThatThrownBy(() -> KeyHasher.of(StringUtf8Coder.of()).hash(null))
        .isInstanceOf(StateCodingException.class)
        .hasMessageContaining("StringUtf8Coder")
        .hasMessageContaining("NullableCoder");
    assertThatThrownBy(() -> KeyHasher.of(BigDecimalCoder.of()).hash(null))
        .isInstanceOf(StateCodingException.class)
        .hasMessageContaining("BigDecimalCoder");
  }
}
