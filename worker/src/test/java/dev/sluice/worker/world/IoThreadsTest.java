package dev.sluice.worker.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IoThreadsTest {
  private static final int WORKS = 1_000;

  @Test
  void aLaneKeepsItsOrderAndCloseDoesWhatWasSubmitted() throws InterruptedException {
    IoThreads io = new IoThreads(3, HeapWatch.NONE);
    List<ConcurrentLinkedQueue<Integer>> done = new ArrayList<>();
    for (int lane = 0; lane < 5; lane++) {
      done.add(new ConcurrentLinkedQueue<>());
    }
    for (int i = 0; i < WORKS; i++) {
      for (int lane = 0; lane < 5; lane++) {
        int number = i;
        ConcurrentLinkedQueue<Integer> mine = done.get(lane);
        io.submit("lane-" + lane, () -> mine.add(number));
      }
    }
    io.close();
    io.awaitEnded(10_000);

    for (ConcurrentLinkedQueue<Integer> lane : done) {
      assertThat(List.copyOf(lane)).hasSize(WORKS).isSorted();
    }
  }

  @Test
  void workThatBlocksHoldsUpItsOwnLaneOnlyAndABugHoldsUpNone() throws InterruptedException {
    IoThreads io = new IoThreads(2, HeapWatch.NONE);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch behind = new CountDownLatch(1);
    CountDownLatch beside = new CountDownLatch(1);
    io.submit("slow", () -> await(release));
    io.submit("slow", behind::countDown);
    io.submit(
        "broken",
        () -> {
          throw new IllegalStateException("a bug, as the test wants it");
        });
    io.submit("broken", beside::countDown);

    assertThat(beside.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(behind.getCount()).isEqualTo(1);
    release.countDown();
    assertThat(behind.await(10, TimeUnit.SECONDS)).isTrue();
    io.close();
    io.awaitEnded(10_000);
  }

  @Test
  void anErrorHoldsUpNoLane() throws InterruptedException {
    IoThreads io = new IoThreads(1, HeapWatch.NONE);
    CountDownLatch behind = new CountDownLatch(1);
    io.submit(
        "lane",
        () -> {
          throw new NoClassDefFoundError("thrown on purpose by a test");
        });
    io.submit("lane", behind::countDown);
    assertThat(behind.await(10, TimeUnit.SECONDS)).isTrue();
    io.close();
    io.awaitEnded(10_000);
  }

  @Test
  void whatComesAfterTheEndIsDropped() throws InterruptedException {
    IoThreads io = new IoThreads(1, HeapWatch.NONE);
    List<String> done = new ArrayList<>();
    CountDownLatch closed = new CountDownLatch(1);
    io.submit(
        "work",
        () -> {
          await(closed);
          io.submit("what it asks for", () -> done.add("asked for"));
          done.add("work");
        });
    io.close();
    closed.countDown();
    io.awaitEnded(10_000);
    io.submit("much later", () -> done.add("much later"));

    assertThat(done).containsExactly("work");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
