package dev.sluice.state.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets how much of the memory of a worker. */
class StateMemoryTest {
  private static final long BUDGET = 64_000;
  private static final long CHUNK = 1_000;

  private final FakeHeap heap = new FakeHeap();
  private final StateMemory memory = new StateMemory(BUDGET, heap);

  @Test
  void oneTaskMayHaveEverythingAndNoMore() {
    TaskQuota quota = memory.open("a");
    for (int i = 0; i < BUDGET / 10; i++) {
      assertThat(quota.lease(10)).isTrue();
    }
    assertThat(quota.lease(10)).isFalse();
    assertThat(quota.usedBytes()).isEqualTo(BUDGET);
    quota.giveBack(10);
    assertThat(quota.lease(10)).isTrue();
    assertThat(quota.overdrawn()).isFalse();
  }

  @Test
  void aTaskThatStarvesIsGivenRoomByTheOneThatHasMost() {
    TaskQuota rich = memory.open("rich");
    TaskQuota middling = memory.open("middling");
    TaskQuota poor = memory.open("poor");
    assertThat(middling.lease(BUDGET / 4)).isTrue();
    while (rich.lease(10)) {}
    int rounds = 0;
    while (poor.usedBytes() < BUDGET / 4 && rounds < 1_000) {
      rounds++;
      if (!poor.lease(CHUNK)) {
        assertThat(rich.overdrawn()).isTrue();
        assertThat(middling.overdrawn()).isFalse();
        while (rich.overdrawn()) {
          rich.giveBack(10);
        }
      }
    }
    assertThat(poor.usedBytes()).isGreaterThanOrEqualTo(BUDGET / 4);
    assertThat(rich.usedBytes()).isGreaterThan(BUDGET / 4);
  }

  @Test
  void whatIsTakenWithoutRoomIsCountedAndGivenBack() {
    TaskQuota quota = memory.open("a");
    quota.take(3 * BUDGET);
    assertThat(quota.usedBytes()).isEqualTo(3 * BUDGET);
    assertThat(quota.lease(1)).isFalse();
    assertThat(quota.overdrawn()).isTrue();
    quota.giveBack(3 * BUDGET);
    assertThat(quota.overdrawn()).isFalse();
    assertThat(quota.lease(1)).isTrue();
    quota.close();
    assertThat(memory.leasedBytes()).isZero();
  }

  @Test
  void theLimitFollowsTheHeapOnceForEachCollection() {
    TaskQuota quota = memory.open("a");
    while (quota.lease(10)) {}
    heap.collected(95);
    askOften(quota);
    long shrunk = memory.limitBytes();
    assertThat(shrunk).isLessThan(BUDGET).isGreaterThan(BUDGET / 2);
    askOften(quota);
    assertThat(memory.limitBytes()).isEqualTo(shrunk);
    assertThat(quota.overdrawn()).isTrue();
    while (memory.leasedBytes() > shrunk) {
      assertThat(quota.lease(BUDGET)).isFalse();
      while (quota.overdrawn()) {
        quota.giveBack(10);
      }
    }
    heap.collected(80);
    askOften(quota);
    assertThat(memory.limitBytes()).isEqualTo(shrunk);
    for (int i = 0; i < 20; i++) {
      heap.collected(40);
      askOften(quota);
    }
    assertThat(memory.limitBytes()).isEqualTo(BUDGET);
  }

  /** A full memory looks at the heap now and then only. */
  private static void askOften(TaskQuota quota) {
    for (int i = 0; i < 100; i++) {
      assertThat(quota.lease(2 * BUDGET)).isFalse();
    }
  }

  @Test
  void aQuotaWithoutLimitNeverRefuses() {
    TaskQuota quota = TaskQuota.unlimited();
    for (int i = 0; i < 1_000; i++) {
      assertThat(quota.lease(1L << 40)).isTrue();
      assertThat(quota.lease(1)).isTrue();
    }
    quota.giveBack(1L << 40);
    assertThat(quota.overdrawn()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void whatIsLeasedIsWhatTheTasksUseAndLittleMore(long seed) {
    Random random = new Random(seed);
    List<TaskQuota> quotas = new ArrayList<>();
    List<Long> used = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      quotas.add(memory.open("task " + i));
      used.add(0L);
    }
    for (int step = 0; step < 50_000; step++) {
      int which = random.nextInt(quotas.size());
      TaskQuota quota = quotas.get(which);
      long bytes = random.nextInt(500);
      if (random.nextInt(3) > 0 && !quota.overdrawn()) {
        used.set(which, used.get(which) + (quota.lease(bytes) ? bytes : 0));
      } else {
        bytes = Math.min(bytes, used.get(which));
        quota.giveBack(bytes);
        used.set(which, used.get(which) - bytes);
      }
      assertThat(quota.usedBytes()).isEqualTo(used.get(which));
      assertThat(memory.leasedBytes()).isLessThanOrEqualTo(BUDGET);
    }
    quotas.forEach(TaskQuota::close);
    assertThat(memory.leasedBytes()).isZero();
  }

  /** A heap that is as full as a test says. */
  private static final class FakeHeap implements HeapGauge {
    private Reading reading = Reading.NOTHING;

    private void collected(long percent) {
      reading = new Reading(reading.collections() + 1, percent, 100);
    }

    @Override
    public Reading read() {
      return reading;
    }
  }
}
