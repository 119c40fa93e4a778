package dev.sluice.testing.simulation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.coders.VarLongCoder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.GlobalWindow;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Instant;

/**
 * An unbounded source of the numbers from 0 on, one at a time, in one split: what a story's job
 * reads. What has become of it is found by the story's name, as a system outside would keep it.
 */
final class Numbers extends UnboundedSource<KV<Integer, Long>, Numbers.Mark> {
  private static final Map<String, Log> LOGS = new ConcurrentHashMap<>();
  private static final int KEYS = 5;
  private static final int LAST = 20;

  /** It is asked twice in vain for each number, and so rests after each. */
  private static final int TIMES_ASKED = 3;

  private final String story;

  /** What has become of the source in all attempts, and what is to become of it. */
  static final class Log {
    /** Where each reader began. */
    final List<Long> begun = new ArrayList<>();

    /** Where the reader was when each mark was taken. */
    final List<Long> marked = new ArrayList<>();

    private long furthest;
    private long end = Long.MAX_VALUE;
    private int failures;

    /** Has it end soon; returns how many numbers there are then. */
    long finish() {
      end = Math.min(end, furthest + LAST);
      return end;
    }

    /** Has the next marks fail that are asked for, as user code may. */
    void failNextMarks(int count) {
      failures = count;
    }
  }

  /** The next number. */
  static final class Mark implements CheckpointMark, Serializable {
    private static final long serialVersionUID = 1;

    private final long next;

    Mark(long next) {
      this.next = next;
    }

    @Override
    public void finalizeCheckpoint() {}
  }

  Numbers(String story) {
    this.story = story;
  }

  /** Of the story of that name. */
  static Log logOf(String story) {
    return LOGS.computeIfAbsent(story, any -> new Log());
  }

  /** Lets go of what is known of a story. */
  static void forget(String story) {
    LOGS.remove(story);
  }

  /** The first {@code count} numbers as the sink gets them. */
  static List<String> expected(long count) {
    List<String> expected = new ArrayList<>();
    for (long n = 0; n < count; n++) {
      expected.add(new Datum((int) (n % KEYS), n, n, GlobalWindow.INSTANCE).toString());
    }
    expected.sort(null);
    return expected;
  }

  @Override
  public List<? extends UnboundedSource<KV<Integer, Long>, Mark>> split(
      int desired, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public UnboundedReader<KV<Integer, Long>> createReader(PipelineOptions options, Mark mark) {
    long from = mark == null ? 0 : mark.next;
    logOf(story).begun.add(from);
    return new Reader(this, from);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<KV<Integer, Long>> getOutputCoder() {
    return KvCoder.of(VarIntCoder.of(), VarLongCoder.of());
  }

  private static final class Reader extends UnboundedReader<KV<Integer, Long>> {
    private final Numbers source;
    private final Log log;
    private long next;
    private int asked;

    Reader(Numbers source, long from) {
      this.source = source;
      this.log = logOf(source.story);
      this.next = from;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      boolean hasOne = next < log.end && asked++ % TIMES_ASKED == 0;
      if (hasOne) {
        next++;
        log.furthest = Math.max(log.furthest, next);
      }
      return hasOne;
    }

    @Override
    public KV<Integer, Long> getCurrent() {
      return KV.of((int) ((next - 1) % KEYS), next - 1);
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(next - 1);
    }

    @Override
    public Instant getWatermark() {
      return next < log.end ? Instant.ofEpochMilli(next) : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      if (log.failures > 0) {
        log.failures--;
        throw new IllegalStateException("scripted failure of a mark");
      }
      log.marked.add(next);
      return new Mark(next);
    }

    @Override
    public UnboundedSource<KV<Integer, Long>, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() {}
  }
}
