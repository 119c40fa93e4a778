package dev.sluice.state.keyed;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sluice.state.StateFixture;
import dev.sluice.state.key.KeyHasher;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.apache.beam.runners.core.StateNamespace;
import org.apache.beam.runners.core.StateNamespaces;
import org.apache.beam.runners.core.StateTag;
import org.apache.beam.runners.core.StateTags;
import org.apache.beam.sdk.coders.ByteArrayCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.state.TimeDomain;
import org.apache.beam.sdk.state.ValueState;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

/** Counts the bytes that a thread allocates while it reads and writes state that exists. */
class AllocationTest {
  private static final int KEYS = 1000;
  private static final int ROUNDS = 100;
  private static final StateTag<ValueState<Long>> COUNT =
      StateTags.value("count", VarLongCoder.of());
  private static final StateNamespace WINDOW =
      StateNamespaces.window(GlobalWindow.Coder.INSTANCE, GlobalWindow.INSTANCE);

  private final StateFixture fixture = new StateFixture();

  private static void check(Runnable round) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    round.run();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < ROUNDS; i++) {
      round.run();
    }
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    // Far less than one object for each of the accesses; the JVM itself may allocate a little.
    assertThat(allocated).isLessThan((long) KEYS * ROUNDS / 4);
  }

  private <K> void checkReadAndWrite(KeyedState<K> state, KeyHasher<K> hasher, K[] keys) {
    Long written = 7L;
    check(
        () -> {
          for (K key : keys) {
            state.select(key, hasher.hash(key));
            ValueState<Long> count = state.stateInternals().state(WINDOW, COUNT);
            count.read();
            count.write(written);
          }
        });
  }

  @Test
  void ofKeysThatAreNumbersStringsAndBytes() {
    Random random = new Random(1);
    Long[] numbers = new Long[KEYS];
    String[] strings = new String[KEYS];
    byte[][] arrays = new byte[KEYS][20];
    for (int i = 0; i < KEYS; i++) {
      numbers[i] = random.nextLong();
      strings[i] = "key-" + i;
      random.nextBytes(arrays[i]);
    }
    checkReadAndWrite(
        fixture.keyed("numbers", VarLongCoder.of()), KeyHasher.of(VarLongCoder.of()), numbers);
    checkReadAndWrite(fixture.state, fixture.hasher, strings);
    checkReadAndWrite(
        fixture.keyed("arrays", ByteArrayCoder.of()), KeyHasher.of(ByteArrayCoder.of()), arrays);
  }

  @Test
  void ofATimerThatIsSetAgainToTheSameTimes() {
    Instant time = Instant.ofEpochMilli(5);
    fixture.select("a");
    var timers = fixture.state.timerInternals();
    check(
        () -> {
          for (int i = 0; i < KEYS; i++) {
            timers.setTimer(WINDOW, "t", "", time, time, TimeDomain.EVENT_TIME);
          }
        });
  }
}
