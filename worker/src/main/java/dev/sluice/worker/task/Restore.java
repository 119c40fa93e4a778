package dev.sluice.worker.task;

import dev.sluice.protocol.world.Clock;
import dev.sluice.state.TaskState;
import dev.sluice.state.log.EntryCursor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings back what a task had saved, before its operators are opened: the storage is read where
 * that may block, and the task takes in what has come, for a short while in each step.
 *
 * <p>Shared by two threads: the lane reads and puts chunks into the queue, at most {@link
 * #CHUNKS_AHEAD} more than were taken; the task's thread takes them and asks for more. Always true:
 * the cursor belongs to the lane, the state to the task's thread.
 */
public final class Restore {

  /** Opens what is to be read; called in the lane. */
  @FunctionalInterface
  public interface Source {
    /** The entries of the task, each once. */
    EntryCursor open() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
  private static final int CHUNK_BYTES = 1 << 20;
  private static final int CHUNK_ENTRIES = 4_096;
  private static final int CHUNKS_AHEAD = 4;
  private static final long SLICE_NANOS = 5_000_000;
  private static final long PROGRESS_NANOS = 5_000_000_000L;

  /** Entries, or the end, or why there are no more. */
  private record Chunk(List<byte[]> keys, List<byte[]> values, boolean last, Throwable failure) {}

  private final String task;
  private final TaskState state;
  private final Source source;
  private final Consumer<Runnable> lane;
  private final Clock clock;
  private final Queue<Chunk> arrived = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean abandoned = new AtomicBoolean();
  private Runnable wake = () -> {};
  private EntryCursor cursor;
  private boolean begun;
  private Chunk current;
  private int taken;
  private long entries;
  private long bytes;
  private long beganNanos;
  private long loggedNanos;

  /**
   * @param task its name, for messages
   * @param lane does work in order where it may block
   */
  public Restore(
      String task, TaskState state, Source source, Consumer<Runnable> lane, Clock clock) {
    this.task = task;
    this.state = state;
    this.source = source;
    this.lane = lane;
    this.clock = clock;
  }

  /**
   * Takes in what has come.
   *
   * @param wakeTask makes the task step again; any thread
   * @return whether anything had
   */
  boolean step(Runnable wakeTask) throws RestoreException {
    if (!begun) {
      begun = true;
      wake = wakeTask;
      beganNanos = clock.nanoTime();
      loggedNanos = beganNanos;
      for (int i = 0; i < CHUNKS_AHEAD; i++) {
        lane.accept(this::readChunk);
      }
      return true;
    }
    long end = clock.nanoTime() + SLICE_NANOS;
    boolean any = false;
    while (!done() && nextChunk()) {
      any = true;
      takeChunk();
      if (clock.nanoTime() - end >= 0) {
        break;
      }
    }
    tellProgress();
    return any;
  }

  private boolean nextChunk() throws RestoreException {
    if (current != null) {
      return true;
    }
    current = arrived.poll();
    taken = 0;
    if (current != null && current.failure() != null) {
      throw failure(current.failure());
    }
    return current != null;
  }

  private static RestoreException failure(Throwable thrown) {
    if (thrown instanceof Error error) {
      throw error;
    } else if (thrown instanceof RuntimeException bug) {
      throw bug;
    }
    return new RestoreException(thrown instanceof IOException io ? io : new IOException(thrown));
  }

  private void takeChunk() {
    while (taken < current.keys().size()) {
      byte[] key = current.keys().get(taken);
      byte[] value = current.values().get(taken++);
      state.restore(key, value);
      entries++;
      bytes += key.length + value.length;
    }
    if (!current.last()) {
      current = null;
      lane.accept(this::readChunk);
    }
  }

  /** Whether everything has been taken in. */
  boolean done() {
    return current != null && current.last() && taken == current.keys().size();
  }

  private void tellProgress() {
    long now = clock.nanoTime();
    if (done()) {
      LOG.debug("{} restored {} entries, {} bytes", task, entries, bytes);
    } else if (now - loggedNanos >= PROGRESS_NANOS) {
      loggedNanos = now;
      LOG.info(
          "{} restores its state: {} entries, {} MB in {} s",
          task,
          entries,
          bytes >> 20,
          (now - beganNanos) / 1_000_000_000);
    }
  }

  /** In the lane. */
  private void readChunk() {
    if (abandoned.get()) {
      closeCursor();
      return;
    }
    Chunk chunk;
    try {
      if (cursor == null) {
        cursor = source.open();
      }
      chunk = read();
    } catch (Throwable e) {
      chunk = new Chunk(List.of(), List.of(), true, e);
    }
    // The task waits for nothing else, so what is done after it may fail.
    arrived.add(chunk);
    wake.run();
    if (chunk.last()) {
      abandoned.set(true);
      closeCursor();
    }
  }

  private Chunk read() throws IOException {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    long size = 0;
    while (size < CHUNK_BYTES && keys.size() < CHUNK_ENTRIES) {
      if (!cursor.next()) {
        return new Chunk(keys, values, true, null);
      }
      keys.add(cursor.key());
      values.add(cursor.value());
      size += keys.get(keys.size() - 1).length + values.get(values.size() - 1).length;
    }
    return new Chunk(keys, values, false, null);
  }

  private void closeCursor() {
    if (cursor != null) {
      try {
        cursor.close();
      } catch (IOException e) {
        LOG.debug("{}: what was restored from could not be closed", task, e);
      }
      cursor = null;
    }
  }

  /** The task ends before everything has come. */
  void abandon() {
    if (begun && !abandoned.getAndSet(true)) {
      lane.accept(this::readChunk);
    }
  }
}
