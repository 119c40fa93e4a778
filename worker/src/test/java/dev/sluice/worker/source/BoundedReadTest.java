package dev.sluice.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.protocol.SourceSplit;
import dev.sluice.worker.stage.SourceOperator.Polled;
import dev.sluice.worker.stage.TransformException;
import java.util.ArrayList;
import java.util.List;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Duration;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedReadTest {

  @Test
  void readsSplitAfterSplitAndEndsAtTheEndOfTime() throws Exception {
    SourceHarness read =
        new SourceHarness(new Numbers(0, 3), new Numbers(3, 3), new Numbers(3, 5)).open();
    assertThat(read.operator.outputWatermarkMs())
        .isEqualTo(BoundedWindow.TIMESTAMP_MIN_VALUE.getMillis());

    assertThat(read.poll(4)).isEqualTo(Polled.RECORDS);
    assertThat(read.poll(4)).isEqualTo(Polled.RECORDS);
    assertThat(read.poll(4)).isEqualTo(Polled.ENDED);

    assertThat(read.emitted).containsExactly(0, 1, 2, 3, 4);
    assertThat(read.bundles).as("none for what comes after the last element").isEqualTo(2);
    assertThat(read.operator.outputWatermarkMs())
        .isEqualTo(BoundedWindow.TIMESTAMP_MAX_VALUE.getMillis());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7})
  void aRestartAtAnyBarrierLosesAndDoublesNothing(int limit) throws Exception {
    SourceHarness read =
        new SourceHarness(new Numbers(0, 3), new Numbers(3, 3), new Numbers(3, 7)).open();
    List<Object> all = new ArrayList<>();
    for (int restarts = 0; restarts < 20; restarts++) {
      read.poll(limit);
      read.operator.barrier(restarts);
      read.operator.close();
      all.addAll(read.emitted);
      read = read.restart();
    }
    assertThat(all).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(read.poll(limit)).isEqualTo(Polled.ENDED);
  }

  @Test
  void aFailureOfTheReaderNamesTheTransform() throws Exception {
    SourceHarness read = new SourceHarness(new Numbers(-2, 3)).open();

    assertThatThrownBy(() -> read.poll(10))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("My/Read")
        .hasMessageContaining("cannot read -1");
  }

  @Test
  void anElementAtTheEndOfTimeIsRefused() throws Exception {
    Instant end = BoundedWindow.TIMESTAMP_MAX_VALUE;
    SourceHarness before = new SourceHarness(new Numbers(0, 1, end.minus(Duration.millis(1))));
    before.open().poll(10);
    assertThat(before.emitted).containsExactly(0);

    SourceHarness read = new SourceHarness(new Numbers(0, 1, end)).open();
    assertThatThrownBy(() -> read.poll(10))
        .isInstanceOf(TransformException.class)
        .hasMessageContaining("My/Read")
        .hasMessageContaining("elements must be before the end of time, " + end);
    assertThat(read.emitted).isEmpty();
  }

  @Test
  void everySplitIsOwnedByExactlyOneTask() {
    for (int parallelism : new int[] {1, 2, 3, 7, 16, 255, 256, 300}) {
      for (int count : new int[] {1, 2, 3, 10, 256, 1000}) {
        List<SourceSplit> splits = new ArrayList<>();
        for (int number = 0; number < count; number++) {
          splits.add(new SourceSplit(number, count, new byte[0]));
        }
        List<SourceSplit> owned = new ArrayList<>();
        for (int task = 0; task < parallelism; task++) {
          List<SourceSplit> mine = Splits.ownedBy(task, parallelism, splits);
          assertThat(mine.size())
              .isLessThanOrEqualTo(
                  (count + Math.min(parallelism, 256) - 1) / Math.min(parallelism, 256) + 4);
          owned.addAll(mine);
        }
        assertThat(owned).isEqualTo(splits);
      }
    }
  }
}
