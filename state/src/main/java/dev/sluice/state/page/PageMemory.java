package dev.sluice.state.page;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.checkerframework.checker.nullness.qual.Nullable;

/**
 * Keeps the pages of one task within the heap that its job may use for them: when there is no more,
 * the oldest pages are written to a scratch file.
 *
 * <p>Owned by the task's thread. Heap is leased from the job's {@link SpillArea} in chunks of
 * {@value #CHUNK} bytes, so that tasks meet there rarely; one chunk a task may always have. What is
 * always true: the pages on the heap form the list from {@link #oldest} to {@link #newest}, and
 * {@link #usedBytes} is the sum of their estimated sizes.
 */
public final class PageMemory implements AutoCloseable {
  private static final long CHUNK = 1L << 20;
  private static final int WRITE_BYTES = 1 << 20;

  private final SpillArea area;
  private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();
  private final List<Page<?>> buffered = new ArrayList<>();
  private final List<Integer> ends = new ArrayList<>();
  private @Nullable Page<?> oldest;
  private @Nullable Page<?> newest;
  private SpillArea.@Nullable SpillFile file;
  private long fileBytes;
  private long usedBytes;
  private long leasedBytes;

  /** Memory that leases its heap from the area, and spills to it. */
  public PageMemory(SpillArea area) {
    this.area = area;
  }

  /** Takes in a new page, still empty. */
  void opened(Page<?> page) {
    page.older = newest;
    if (newest == null) {
      oldest = page;
    } else {
      newest.newer = page;
    }
    newest = page;
  }

  /** Counts what came into a page, and makes room if that is too much. */
  void grew(Page<?> page, long bytes) {
    page.heapBytes += bytes;
    usedBytes += bytes;
    if (usedBytes > CHUNK + leasedBytes) {
      makeRoom();
    }
  }

  /** Lets go of a page whose elements are no longer state. */
  void dropped(Page<?> page) {
    if (page.isOnHeap()) {
      unlink(page);
      if (usedBytes + 2 * CHUNK < leasedBytes) {
        area.giveBack(CHUNK);
        leasedBytes -= CHUNK;
      }
    }
  }

  /** Gives all leased heap back. */
  @Override
  public void close() {
    area.giveBack(leasedBytes);
    leasedBytes = 0;
    usedBytes = 0;
    oldest = null;
    newest = null;
    file = null;
  }

  private void makeRoom() {
    while (usedBytes > CHUNK + leasedBytes && area.lease(CHUNK)) {
      leasedBytes += CHUNK;
    }
    long allowed = CHUNK + leasedBytes;
    if (usedBytes <= allowed) {
      return;
    }
    // A little more than needed, so that the next elements do not each cost a write.
    long target = allowed - allowed / 8;
    Page<?> next = oldest;
    long freed = 0;
    while (next != null && usedBytes - freed > target) {
      next.encodeTo(buffer);
      buffered.add(next);
      ends.add(buffer.size());
      freed += next.heapBytes;
      next = next.newer;
      if (buffer.size() >= WRITE_BYTES) {
        writeBuffered();
        freed = 0;
      }
    }
    writeBuffered();
  }

  private void writeBuffered() {
    if (buffered.isEmpty()) {
      return;
    }
    if (file == null || fileBytes >= SpillArea.FILE_BYTES) {
      file = area.newFile();
      fileBytes = 0;
    }
    file.append(ByteBuffer.wrap(buffer.toByteArray()));
    int start = 0;
    for (int i = 0; i < buffered.size(); i++) {
      int end = ends.get(i);
      unlink(buffered.get(i));
      buffered.get(i).movedTo(new Page.OnDisk(file, fileBytes + start, end - start));
      start = end;
    }
    fileBytes += start;
    buffer.reset();
    buffered.clear();
    ends.clear();
  }

  private void unlink(Page<?> page) {
    if (page.older == null) {
      oldest = page.newer;
    } else {
      page.older.newer = page.newer;
    }
    if (page.newer == null) {
      newest = page.older;
    } else {
      page.newer.older = page.older;
    }
    page.older = null;
    page.newer = null;
    usedBytes -= page.heapBytes;
    page.heapBytes = 0;
  }
}
