package dev.sluice.worker.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * An unbounded source whose records and watermark a test puts in while it is read.
 *
 * <p>The source is serialized on its way to its reader: what the test holds is found by its number.
 */
final class Feed extends UnboundedSource<String, Feed.Mark> {
  private static final Map<Integer, Script> SCRIPTS = new ConcurrentHashMap<>();
  private static final AtomicInteger LAST = new AtomicInteger();

  /** What a test has put in, and what became of it. */
  static final class Script {
    final List<String> records = new ArrayList<>();
    final List<Integer> finalized = new ArrayList<>();
    Instant watermark = BoundedWindow.TIMESTAMP_MIN_VALUE;
    String failsAt = "";
    boolean closed;
    int asked;
  }

  /** How many records were read. */
  static final class Mark implements CheckpointMark, java.io.Serializable {
    private final int script;
    private final int position;

    Mark(int script, int position) {
      this.script = script;
      this.position = position;
    }

    @Override
    public void finalizeCheckpoint() throws IOException {
      if (SCRIPTS.get(script).failsAt.equals("finalize")) {
        throw new IOException("scripted failure at finalize");
      }
      SCRIPTS.get(script).finalized.add(position);
    }
  }

  private final int script;
  private final boolean deduping;

  Feed(boolean deduping) {
    this.script = LAST.incrementAndGet();
    this.deduping = deduping;
    SCRIPTS.put(script, new Script());
  }

  Script script() {
    return SCRIPTS.get(script);
  }

  @Override
  public List<? extends UnboundedSource<String, Mark>> split(int splits, PipelineOptions options) {
    return List.of(this);
  }

  @Override
  public UnboundedReader<String> createReader(PipelineOptions options, Mark mark) {
    return new Reader(this, mark == null ? 0 : mark.position);
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<String> getOutputCoder() {
    return StringUtf8Coder.of();
  }

  @Override
  public boolean requiresDeduping() {
    return deduping;
  }

  private static final class Reader extends UnboundedReader<String> {
    private final Feed source;
    private final Script script;
    private int position;
    private boolean started;

    Reader(Feed source, int position) {
      this.source = source;
      this.script = source.script();
      this.position = position;
    }

    @Override
    public boolean start() throws IOException {
      if (started) {
        throw new IllegalStateException("started twice");
      }
      started = true;
      return advance();
    }

    @Override
    public boolean advance() throws IOException {
      script.asked++;
      if (script.failsAt.equals("advance")) {
        throw new IOException("scripted failure at advance");
      }
      if (position == script.records.size()) {
        return false;
      }
      position++;
      return true;
    }

    @Override
    public String getCurrent() {
      return script.records.get(position - 1);
    }

    @Override
    public Instant getCurrentTimestamp() {
      return new Instant(position);
    }

    @Override
    public byte[] getCurrentRecordId() {
      return getCurrent().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Instant getWatermark() {
      if (script.failsAt.equals("watermark")) {
        throw new IllegalStateException("scripted failure at watermark");
      }
      return script.watermark;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      if (!started) {
        throw new IllegalStateException("asked for a mark before the start");
      }
      return new Mark(source.script, position);
    }

    @Override
    public UnboundedSource<String, ?> getCurrentSource() {
      return source;
    }

    @Override
    public void close() throws IOException {
      script.closed = true;
      if (script.failsAt.equals("close")) {
        throw new IOException("scripted failure at close");
      }
    }
  }
}
