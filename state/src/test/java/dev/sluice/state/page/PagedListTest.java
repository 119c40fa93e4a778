package dev.sluice.state.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.state.disk.MemoryDisk;
import dev.sluice.state.entry.StateEntry;
import dev.sluice.state.error.SpillException;
import dev.sluice.state.error.StateCodingException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.coders.AtomicCoder;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagedListTest {
  private static final long MB = 1L << 20;
  private static final StateEntry.Column NAME = new StateEntry.Column("Group/Buffer", "user/bag");

  private final MemoryDisk disk = new MemoryDisk(256 * MB);

  private static <T> PagedList<T> list(SpillArea area, Coder<T> coder) {
    return new PagedList<>(new PageKind<>(new PageMemory(area), coder, NAME));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2 * MB, 64 * MB})
  void keepsTheOrderWhereverThePagesAre(long heapBytes) {
    SpillArea area = new SpillArea(disk, heapBytes);
    PagedList<Long> list = list(area, VarLongCoder.of());
    for (long i = 0; i < 100_000; i++) {
      list.append(i);
    }
    for (int round = 0; round < 2; round++) {
      long next = 0;
      for (long element : list.snapshot()) {
        check(element, next++);
      }
      assertThat(next).isEqualTo(100_000);
    }
    assertThat(disk.usedBytes() > 0).isEqualTo(heapBytes < 64 * MB);
    area.close();
    assertThat(disk.fileCount()).isZero();
  }

  @Test
  void aSnapshotKeepsItsContentWhateverBecomesOfTheList() {
    Random random = new Random(5);
    SpillArea area = new SpillArea(disk, 0);
    PagedList<String> list = list(area, StringUtf8Coder.of());
    PagedList<String> other = list(area, StringUtf8Coder.of());
    List<String> model = new ArrayList<>();
    List<Iterable<String>> snapshots = new ArrayList<>();
    List<List<String>> expected = new ArrayList<>();
    List<Iterator<String>> begun = new ArrayList<>();
    for (int step = 0; step < 12_000; step++) {
      int what = random.nextInt(1000);
      if (what == 0) {
        list.clear();
        model.clear();
      } else if (what < 3) {
        snapshots.add(list.snapshot());
        expected.add(List.copyOf(model));
        Iterator<String> iterator = list.snapshot().iterator();
        if (iterator.hasNext()) {
          assertThat(iterator.next()).isEqualTo(model.get(0));
        }
        begun.add(iterator);
      }
      String element = "e" + step + "-".repeat(random.nextInt(800));
      list.append(element);
      model.add(element);
      other.append(element);
      assertThat(list.size()).isEqualTo(model.size());
    }
    assertThat(disk.usedBytes()).isGreaterThan(MB);
    for (int i = 0; i < snapshots.size(); i++) {
      assertThat(snapshots.get(i)).containsExactlyElementsOf(expected.get(i));
      List<String> rest = new ArrayList<>();
      begun.get(i).forEachRemaining(rest::add);
      List<String> all = expected.get(i);
      assertThat(rest).isEqualTo(all.isEmpty() ? all : all.subList(1, all.size()));
    }
    area.close();
  }

  /** A snapshot that crossed an exchange is read by another thread while its list goes on. */
  @Test
  void aSnapshotIsReadByAnotherThreadWhileItsPagesMoveToFiles() throws Exception {
    SpillArea area = new SpillArea(disk, 0);
    PagedList<Long> list = list(area, VarLongCoder.of());
    BlockingQueue<Iterable<Long>> handedOver = new ArrayBlockingQueue<>(4);
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                for (int round = 0; round < 60; round++) {
                  long next = 1;
                  for (long element : handedOver.take()) {
                    check(element, next);
                    next++;
                  }
                  check(next - 1, 3000L * (round % 20 + 1));
                }
                outcome.complete(null);
              } catch (Throwable e) {
                outcome.completeExceptionally(e);
              }
            });
    reader.start();
    for (int round = 0; round < 60; round++) {
      if (round % 20 == 0) {
        list.clear();
      }
      for (int i = 0; i < 3000; i++) {
        list.append(list.size() + 1);
      }
      while (!handedOver.offer(list.snapshot(), 1, TimeUnit.SECONDS)) {
        assertThat(outcome).isNotDone();
      }
    }
    reader.join();
    outcome.get();
    assertThat(disk.usedBytes()).isPositive();
  }

  /** An assertion that costs nothing while it holds. */
  private static void check(long actual, long expected) {
    if (actual != expected) {
      assertThat(actual).isEqualTo(expected);
    }
  }

  @Test
  void manySmallListsAreSpilledToo() {
    SpillArea area = new SpillArea(disk, 0);
    PageMemory memory = new PageMemory(area);
    PageKind<String> kind = new PageKind<>(memory, StringUtf8Coder.of(), NAME);
    List<PagedList<String>> lists = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      PagedList<String> list = new PagedList<>(kind);
      list.append("first of " + i);
      list.append("x".repeat(1000));
      lists.add(list);
    }
    assertThat(disk.usedBytes()).isGreaterThan(MB);
    for (int i = 0; i < 2000; i++) {
      lists.get(i).append("last of " + i);
      assertThat(lists.get(i).snapshot())
          .containsExactly("first of " + i, "x".repeat(1000), "last of " + i);
      lists.get(i).clear();
    }
  }

  @Test
  void clearedPagesMakeRoomWithoutWriting() {
    SpillArea area = new SpillArea(disk, 8 * MB);
    PagedList<String> list = list(area, StringUtf8Coder.of());
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 1000; i++) {
        list.append("x".repeat(4000));
      }
      list.clear();
    }
    assertThat(disk.fileCount()).isZero();
  }

  @Test
  void whatOneTaskLeasedIsGivenBackWhenItCloses() {
    SpillArea area = new SpillArea(disk, 4 * MB);
    PageMemory first = new PageMemory(area);
    PagedList<String> list = new PagedList<>(new PageKind<>(first, StringUtf8Coder.of(), NAME));
    for (int i = 0; i < 1000; i++) {
      list.append("x".repeat(4000));
    }
    assertThat(area.lease(2 * MB)).isFalse();
    first.close();
    assertThat(area.lease(4 * MB)).isTrue();
  }

  @Test
  void aFullDiskIsNamedWithItsCure() {
    SpillArea area = new SpillArea(new MemoryDisk(10), 0);
    PagedList<String> list = list(area, StringUtf8Coder.of());
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 1000; i++) {
                list.append("x".repeat(4000));
              }
            })
        .isInstanceOf(SpillException.class)
        .hasMessageContaining("memory:spill-0")
        .hasMessageContaining("No space left")
        .hasMessageContaining("free space");
  }

  @Test
  void anElementThatItsCoderCannotEncodeOrDecodeIsNamedWithItsState() {
    SpillArea area = new SpillArea(disk, 0);
    PagedList<String> nulls = list(area, StringUtf8Coder.of());
    assertThatThrownBy(() -> nulls.append(null))
        .isInstanceOf(StateCodingException.class)
        .hasMessageContaining("user/bag of transform Group/Buffer");

    PagedList<Object> broken = list(area, new OneWayCoder());
    for (int i = 0; i < 50_000; i++) {
      broken.append(i);
    }
    assertThatThrownBy(() -> broken.snapshot().iterator().next())
        .isInstanceOf(StateCodingException.class)
        .hasMessageContaining("Group/Buffer")
        .hasMessageContaining("inverses");
  }

  @Test
  void anIteratorEndsWithTheSnapshot() {
    PagedList<Long> list = list(new SpillArea(disk, MB), VarLongCoder.of());
    list.append(1L);
    Iterable<Long> snapshot = list.snapshot();
    list.append(2L);
    Iterator<Long> iterator = snapshot.iterator();
    assertThat(iterator.next()).isEqualTo(1L);
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThat(snapshot).hasToString("[1]");
    assertThat(list.snapshot()).hasToString("[1, 2]");
  }

  /** Writes bytes that it cannot read. */
  private static final class OneWayCoder extends AtomicCoder<Object> {
    @Override
    public void encode(Object value, OutputStream out) throws java.io.IOException {
      out.write(new byte[50]);
    }

    @Override
    public Object decode(InputStream in) throws java.io.IOException {
      throw new java.io.IOException("cannot be read");
    }
  }
}
