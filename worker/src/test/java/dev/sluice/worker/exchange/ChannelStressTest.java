package dev.sluice.worker.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.worker.record.Batch;
import dev.sluice.worker.task.TaskThreads;
import dev.sluice.worker.world.HeapWatch;
import dev.sluice.worker.world.Step;
import dev.sluice.worker.world.SystemClock;
import dev.sluice.worker.world.TaskRunner;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.transforms.windowing.PaneInfo;
import org.junit.jupiter.api.Test;

/**
 * Two real threads at the ends of one channel, both of which rest as often as they can: a wake-up
 * that gets lost leaves both resting, and the watchdog sees it.
 */
class ChannelStressTest {
  private static final int BATCHES = 500_000;
  private static final long WATCHDOG_SECONDS = 60;

  private final TaskThreads threads = new TaskThreads(new SystemClock(), HeapWatch.NONE);

  /** One end of the channel, stepped by a thread of its own. */
  private abstract static class End implements TaskRunner.Steppable {
    final CountDownLatch done = new CountDownLatch(1);
    volatile TaskRunner.Handle handle;

    @Override
    public int callDepth() {
      return 0;
    }

    @Override
    public void started(TaskRunner.Handle newHandle) {
      handle = newHandle;
    }

    void wake() {
      TaskRunner.Handle mine = handle;
      if (mine != null) {
        mine.wake();
      }
    }

    @Override
    public void died(Throwable escaped) {
      throw new AssertionError(escaped);
    }

    @Override
    public long wakeAtNanos() {
      return Long.MAX_VALUE;
    }

    @Override
    public void ended() {
      done.countDown();
    }
  }

  /** Sends numbers; every third batch waits in the middle of a step, the others between steps. */
  private static final class Producer extends End {
    private Outlet outlet;
    private int sent;
    private boolean blocked;

    @Override
    public Step step() {
      if (blocked && !outlet.flush()) {
        return Step.NEEDS_OUTPUT;
      }
      blocked = false;
      if (sent == BATCHES) {
        outlet.control(new ControlItem.End());
        sent++;
        return Step.WORKED;
      }
      if (sent > BATCHES) {
        blocked = true;
        return outlet.flush() ? Step.FINISHED : Step.NEEDS_OUTPUT;
      }
      // A change between raw and accumulated sends the batch and, if need be, waits for room.
      boolean accumulated = sent % 3 == 0;
      outlet.add(sent, 0, accumulated, 0, List.of(GlobalWindow.INSTANCE), PaneInfo.NO_FIRING);
      outlet.watermark(sent++, false);
      blocked = sent % 2 == 0 && !outlet.flush();
      return Step.WORKED;
    }
  }

  /** Checks that the numbers come in order and that no watermark overtakes them. */
  private static final class Consumer extends End {
    private final ChannelReader channel;
    private final AtomicReference<String> wrong;
    private int next;

    Consumer(ChannelReader channel, AtomicReference<String> wrong) {
      this.channel = channel;
      this.wrong = wrong;
    }

    @Override
    public Step step() {
      Object item = channel.poll();
      if (item == null) {
        return Step.NEEDS_INPUT;
      }
      if (item instanceof Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
          check((int) batch.value(i) == next, batch.value(i));
          next++;
        }
        channel.giveBack(batch);
      } else if (item instanceof ControlItem.Watermark watermark) {
        check(watermark.ms() < next, watermark);
      } else {
        check(next == BATCHES, item);
        return Step.FINISHED;
      }
      return Step.WORKED;
    }

    private void check(boolean holds, Object item) {
      if (!holds) {
        wrong.compareAndSet(null, item + " came when " + next + " was next");
      }
    }
  }

  @Test
  void noWakeUpIsLost() throws InterruptedException {
    AtomicReference<String> wrong = new AtomicReference<>();
    Producer producer = new Producer();
    Consumer[] consumer = new Consumer[1];
    LocalChannel channel = new LocalChannel(producer::wake, () -> consumer[0].wake());
    consumer[0] = new Consumer(channel.reader(), wrong);
    producer.outlet =
        new Outlet(channel.writer(), new BatchSize(VarIntCoder.of()), () -> producer.handle.rest());

    threads.start("consumer", getClass().getClassLoader(), consumer[0]);
    threads.start("producer", getClass().getClassLoader(), producer);

    assertThat(consumer[0].done.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(producer.done.await(WATCHDOG_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(wrong.get()).isNull();
  }
}
