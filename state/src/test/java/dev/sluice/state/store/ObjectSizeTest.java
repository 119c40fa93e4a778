package dev.sluice.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.CoderException;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.ListCoder;
import org.apache.beam.sdk.coders.MapCoder;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.util.CoderUtils;
import org.apache.beam.sdk.values.KV;
import org.junit.jupiter.api.Test;

/** Compares estimates with what the heap grows by when many such objects are kept. */
class ObjectSizeTest {
  private static final int OBJECTS = 20_000;

  @Test
  void isWithinAFactorOfThreeOfTheTruth() throws CoderException {
    compare(VarLongCoder.of(), i -> i + 1_000L);
    compare(StringUtf8Coder.of(), i -> "the name of the key " + i);
    compare(ByteArrayCoder.of(), i -> Integer.toString(i).getBytes(StandardCharsets.UTF_8));
    compare(NullableCoder.of(VarLongCoder.of()), i -> i + 1_000L);
    compare(KvCoder.of(StringUtf8Coder.of(), VarLongCoder.of()), i -> KV.of("ad-" + i, i + 1_000L));
    compare(ListCoder.of(StringUtf8Coder.of()), ObjectSizeTest::strings);
    compare(MapCoder.of(VarIntCoder.of(), StringUtf8Coder.of()), ObjectSizeTest::numbered);
    compare(SerializableCoder.of(Reading.class), i -> new Reading("sensor " + i, i, i * 0.5));
  }

  private static List<String> strings(int i) {
    List<String> strings = new ArrayList<>();
    for (int k = 0; k < 20; k++) {
      strings.add("word" + (i + k));
    }
    return strings;
  }

  private static Map<Integer, String> numbered(int i) {
    Map<Integer, String> map = new HashMap<>();
    for (int k = 0; k < 20; k++) {
      map.put(i * 31 + k * 1_000, "word" + (i + k));
    }
    return map;
  }

  private static <T> void compare(Coder<T> coder, IntFunction<T> make) throws CoderException {
    long estimated = 0;
    ObjectSize size = ObjectSize.of(coder);
    for (int i = 0; i < OBJECTS; i++) {
      estimated += size.bytes(CoderUtils.encodeToByteArray(coder, make.apply(i)).length);
    }
    long allocated = allocatedBy(make);
    assertThat((double) estimated / allocated).as(coder.toString()).isBetween(0.33, 3.0);
  }

  /** What is kept is at most what is allocated; for these objects it is most of it. */
  private static <T> long allocatedBy(IntFunction<T> make) {
    Object[] kept = new Object[OBJECTS];
    long before = usedAfterCollection();
    for (int i = 0; i < OBJECTS; i++) {
      kept[i] = make.apply(i);
    }
    long after = usedAfterCollection();
    assertThat(kept[OBJECTS - 1]).isNotNull();
    return after - before;
  }

  private static long usedAfterCollection() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** What users write: a class of their own. */
  private record Reading(String sensor, long at, double value) implements java.io.Serializable {}
}
